import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GroupCommitter } from './group-commit.ts';
import type { WorkerReply, WorkerRequest } from './protocol.ts';
import { RequestLoop } from './request-loop.ts';
import { StatementCache } from './statement-cache.ts';

const IDLE_MS = 1000;

describe('RequestLoop', () => {
  let database: DatabaseSync;
  let committer: GroupCommitter;
  let loop: RequestLoop;
  let posted: (readonly WorkerReply[])[];
  let arriving: WorkerRequest[];
  let closed: number[];

  beforeEach(() => {
    vi.useFakeTimers();
    database = new DatabaseSync(':memory:');
    database.exec('create table t (value text)');
    const statements = new StatementCache(database, 50);
    committer = new GroupCommitter(database, statements);
    posted = [];
    arriving = [];
    closed = [];
    loop = new RequestLoop({
      statements,
      committer,
      transactionIdleMs: IDLE_MS,
      post: (replies) => posted.push(replies),
      receive: () => arriving.splice(0),
      close: (id) => closed.push(id),
    });
  });

  afterEach(() => {
    vi.useRealTimers();
    database.close();
  });

  function read(id: number, transaction?: number): WorkerRequest {
    return {
      kind: 'read',
      id,
      statement: { sql: 'select value from t', parameters: [] },
      transaction,
    };
  }

  function write(id: number, value: string, transaction?: number): WorkerRequest {
    const statements = [{ sql: 'insert into t values (?)', parameters: [value] }];
    return { kind: 'write', id, statements, durability: 'normal', transaction };
  }

  const order = () => posted.map((replies) => replies.map((reply) => reply.id));
  const reply = (id: number) => posted.flat().find((candidate) => candidate.id === id);
  const valuesRead = (id: number) => {
    const answer = reply(id);
    return answer?.ok === true ? answer.results[0]?.rows.map((row) => row.value) : undefined;
  };

  it('answers queries before a commit they do not depend on and after the one they do', () => {
    loop.accept([read(1), write(2, 'a'), read(3), write(4, 'b'), read(5)]);
    expect(order()).toEqual([[1], [2, 4], [3, 5]]);
    expect(valuesRead(1)).toEqual([]);
    expect(valuesRead(5)).toEqual(['a', 'b']);
    expect(committer.counters).toMatchObject({ commits: 1, batches: 2 });
  });

  it('takes up what arrived while it was busy without waiting for the next message', () => {
    arriving = [write(2, 'b')];
    loop.accept([write(1, 'a')]);
    expect(committer.counters).toMatchObject({ commits: 1, batches: 2 });
  });

  it('lets everybody wait while a transaction is open and serves them in order afterwards', () => {
    loop.accept([{ kind: 'begin', id: 1 }, write(2, 'outside'), write(3, 'inside', 1)]);
    expect(order()).toEqual([[1], [3]]);
    loop.accept([read(4, 1), { kind: 'end', id: 5, transaction: 1, commit: false }]);
    expect(valuesRead(4)).toEqual(['inside']);
    expect(order()).toEqual([[1], [3], [4], [5], [2]]);
    loop.accept([read(6)]);
    expect(valuesRead(6)).toEqual(['outside']);
  });

  it('opens queued transactions one after another', () => {
    loop.accept([
      { kind: 'begin', id: 1 },
      { kind: 'begin', id: 2 },
    ]);
    expect(order()).toEqual([[1]]);
    loop.accept([{ kind: 'end', id: 3, transaction: 1, commit: true }]);
    expect(order()).toEqual([[1], [3], [2]]);
  });

  it('rolls an idle transaction back, serves the others and refuses its late requests', () => {
    loop.accept([{ kind: 'begin', id: 1 }, write(2, 'inside', 1), write(3, 'outside')]);
    vi.advanceTimersByTime(IDLE_MS - 1);
    loop.accept([read(4, 1)]);
    vi.advanceTimersByTime(IDLE_MS - 1);
    expect(reply(3)).toBeUndefined();
    vi.advanceTimersByTime(1);
    expect(reply(3)?.ok).toBe(true);
    loop.accept([write(5, 'late', 1), { kind: 'end', id: 6, transaction: 1, commit: true }, read(7)]);
    expect(reply(5)).toMatchObject({ ok: false, failure: { name: 'TRANSACTION_EXPIRED' } });
    expect(reply(6)).toMatchObject({ ok: false, failure: { name: 'TRANSACTION_EXPIRED' } });
    expect(valuesRead(7)).toEqual(['outside']);
  });

  it('closes only after everything that was asked before', () => {
    loop.accept([{ kind: 'begin', id: 1 }, write(2, 'a'), { kind: 'close', id: 3 }]);
    expect(closed).toEqual([]);
    loop.accept([{ kind: 'end', id: 4, transaction: 1, commit: true }]);
    expect(reply(2)?.ok).toBe(true);
    expect(closed).toEqual([3]);
  });

  it('reports a query that fails and goes on', () => {
    loop.accept([
      { kind: 'read', id: 1, statement: { sql: 'select nothing', parameters: [] }, transaction: undefined },
      read(2),
    ]);
    expect(reply(1)).toMatchObject({ ok: false, failure: { name: 'UNEXPECTED' } });
    expect(reply(2)?.ok).toBe(true);
  });
});
