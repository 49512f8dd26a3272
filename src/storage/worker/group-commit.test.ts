import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GroupCommitter } from './group-commit.ts';
import type { Durability, SqlStatement, WriteRequest } from './protocol.ts';
import { StatementCache } from './statement-cache.ts';

describe('GroupCommitter', () => {
  let database: DatabaseSync;
  let committer: GroupCommitter;
  let nextId = 1;

  beforeEach(() => {
    database = new DatabaseSync(':memory:');
    database.exec('create table t (value text unique)');
    committer = new GroupCommitter(database, new StatementCache(database, 50));
  });

  afterEach(() => database.close());

  function insert(value: string, expectRows?: number): SqlStatement {
    const sql = 'insert into t (value) values (?) on conflict (value) do nothing';
    return { sql, parameters: [value], ...(expectRows === undefined ? {} : { expectRows }) };
  }

  function batch(statements: readonly SqlStatement[], durability: Durability = 'normal'): WriteRequest {
    nextId += 1;
    return { kind: 'write', id: nextId, statements, durability, transaction: undefined };
  }

  const stored = () =>
    database
      .prepare('select value from t order by value')
      .all()
      .map((row) => row.value);

  it('commits several batches in one transaction', () => {
    const outcomes = committer.commit([batch([insert('a')]), batch([insert('b'), insert('c')])]);
    expect(outcomes.map((outcome) => outcome.ok)).toEqual([true, true]);
    expect(stored()).toEqual(['a', 'b', 'c']);
    expect(committer.counters).toMatchObject({ commits: 1, batches: 2 });
  });

  it('undoes a batch whose statement fails and keeps its neighbours', () => {
    const broken = batch([insert('lost'), { sql: 'insert into missing values (1)', parameters: [] }]);
    const outcomes = committer.commit([batch([insert('a')]), broken, batch([insert('b')])]);
    expect(outcomes.map((outcome) => outcome.ok)).toEqual([true, false, true]);
    expect(outcomes[1]).toMatchObject({ failure: { name: 'UNEXPECTED' } });
    expect(stored()).toEqual(['a', 'b']);
  });

  it.each([1, 2])(
    'rolls a batch back when a statement changes another number of rows (group of %i)',
    (size) => {
      committer.commit([batch([insert('a')])]);
      const conflicting = batch([insert('lost'), insert('a', 1)]);
      const others = Array.from({ length: size - 1 }, () => batch([insert('b')]));
      const [outcome] = committer.commit([conflicting, ...others]);
      expect(outcome).toMatchObject({ ok: false, failure: { name: 'CONFLICT' } });
      expect(stored()).not.toContain('lost');
    },
  );

  it('keeps the neighbours of a batch that fills the disk', () => {
    database.exec('pragma max_page_count = 10');
    const huge = insert('x'.repeat(100_000));
    const outcomes = committer.commit([batch([insert('a')]), batch([huge]), batch([insert('b')])]);
    expect(outcomes.map((outcome) => outcome.ok)).toEqual([true, false, true]);
    expect(outcomes[1]).toMatchObject({ failure: { name: 'DISK_FULL' } });
    expect(stored()).toEqual(['a', 'b']);
    expect(database.isTransaction).toBe(false);
  });

  it('flushes a group to disk when one of its batches asks for it', () => {
    const synchronous = () => database.prepare('pragma synchronous').get()?.synchronous;
    committer.commit([batch([insert('a')])]);
    expect(synchronous()).toBe(1);
    committer.commit([batch([insert('b')]), batch([insert('c')], 'full'), batch([insert('d')])]);
    expect(synchronous()).toBe(2);
    committer.commit([batch([insert('e')])]);
    expect(synchronous()).toBe(1);
  });

  it('waits once, not once per batch, while another program holds the file', () => {
    const directory = mkdtempSync(join(tmpdir(), 'microclaw-group-'));
    const path = join(directory, 'a.db');
    const intruder = new DatabaseSync(path);
    intruder.exec('create table t (value text unique); begin immediate');
    const own = new DatabaseSync(path, { timeout: 50 });
    const waiting = new GroupCommitter(own, new StatementCache(own, 50));
    const outcomes = waiting.commit(Array.from({ length: 20 }, (_, index) => batch([insert(`${index}`)])));
    expect(outcomes.every((outcome) => !outcome.ok && outcome.failure.name === 'BUSY')).toBe(true);
    expect(waiting.counters.lastCommitMs).toBeLessThan(500);
    intruder.exec('rollback');
    expect(waiting.commit([batch([insert('a')]), batch([insert('b')])]).every(({ ok }) => ok)).toBe(true);
    for (const open of [intruder, own]) open.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('undoes a failed batch inside an open transaction and lets it go on', () => {
    committer.begin();
    expect(committer.runNested([insert('a')]).ok).toBe(true);
    expect(committer.runNested([insert('lost'), insert('a', 1)]).ok).toBe(false);
    expect(committer.runNested([insert('b')]).ok).toBe(true);
    committer.end(true);
    expect(stored()).toEqual(['a', 'b']);
  });

  it('refuses to go on in a transaction that has ended', () => {
    committer.begin();
    committer.runNested([insert('a')]);
    committer.rollback();
    expect(committer.runNested([insert('b')])).toMatchObject({ failure: { name: 'TRANSACTION_EXPIRED' } });
    expect(stored()).toEqual([]);
  });
});
