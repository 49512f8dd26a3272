import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { checkpoint, IdleCheckpoint } from './idle-checkpoint.ts';

describe('IdleCheckpoint', () => {
  let directory: string;
  let database: DatabaseSync;
  let idle: IdleCheckpoint;

  beforeEach(() => {
    vi.useFakeTimers();
    directory = mkdtempSync(join(tmpdir(), 'microclaw-idle-'));
    database = new DatabaseSync(join(directory, 'a.db'));
    database.exec('pragma journal_mode = wal; create table t (value text)');
    idle = new IdleCheckpoint(database);
  });

  afterEach(() => {
    idle.stop();
    vi.useRealTimers();
    database.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const bytes = () => statSync(join(directory, 'a.db')).size;

  it('moves the log into the file once commits pause', () => {
    database.exec('insert into t values (hex(zeroblob(50000)))');
    idle.noteCommit();
    expect(bytes()).toBeLessThan(50_000);
    vi.advanceTimersByTime(1000);
    expect(bytes()).toBeGreaterThan(100_000);
    expect(idle.counters.checkpoints).toBe(1);
    expect(idle.counters.walPages).toBeGreaterThan(20);
  });

  it('waits while commits keep coming and while a transaction is open', () => {
    for (let index = 0; index < 10; index += 1) {
      idle.noteCommit();
      vi.advanceTimersByTime(200);
    }
    expect(idle.counters.checkpoints).toBe(0);
    database.exec('begin immediate');
    vi.advanceTimersByTime(2000);
    expect(idle.counters.checkpoints).toBe(0);
    database.exec('commit');
    vi.advanceTimersByTime(2000);
    expect(idle.counters.checkpoints).toBe(1);
  });

  it('does nothing when nothing was committed or after it was stopped', () => {
    vi.advanceTimersByTime(5000);
    idle.noteCommit();
    idle.stop();
    vi.advanceTimersByTime(5000);
    expect(idle.counters.checkpoints).toBe(0);
  });

  it('survives a checkpoint that is not possible', () => {
    database.exec('begin immediate; insert into t values (1)');
    expect(checkpoint(database, 'truncate')).toBe(0);
    database.exec('rollback');
  });
});
