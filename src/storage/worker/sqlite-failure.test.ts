import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeFailure, WorkerFailure } from './sqlite-failure.ts';

describe('describeFailure', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'microclaw-failure-'));
  });

  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  function failureOf(action: () => void) {
    try {
      action();
    } catch (error) {
      return describeFailure(error, 'the statement').name;
    }
    throw new Error('the action did not fail');
  }

  it('tells SQLite failures apart', () => {
    const path = join(directory, 'a.db');
    const owner = new DatabaseSync(path);
    owner.exec('create table t (a text not null); pragma max_page_count = 3');
    const reader = new DatabaseSync(path, { readOnly: true });
    const other = new DatabaseSync(path, { timeout: 0 });
    expect(failureOf(() => owner.exec('insert into t values (null)'))).toBe('CONSTRAINT');
    expect(failureOf(() => owner.exec('insert into t values (hex(zeroblob(100000)))'))).toBe('DISK_FULL');
    expect(failureOf(() => reader.exec("insert into t values ('a')"))).toBe('READ_ONLY');
    owner.exec('begin immediate');
    expect(failureOf(() => other.exec('begin immediate'))).toBe('BUSY');
    for (const database of [owner, reader, other]) database.close();
    expect(failureOf(() => new DatabaseSync(join(directory, 'none', 'a.db')))).toBe('CANNOT_OPEN');
  });

  it('calls a file that is no database corrupt', () => {
    const path = join(directory, 'text.db');
    writeFileSync(
      path,
      'this is not a database, but it is long enough to have a header to look at'.repeat(20),
    );
    const database = new DatabaseSync(path);
    expect(failureOf(() => database.prepare('select * from sqlite_master').all())).toBe('CORRUPT');
    database.close();
  });

  it('names the statement and the result code, and nothing that was bound', () => {
    const database = new DatabaseSync(':memory:');
    database.exec('create table t (a text unique)');
    const insert = database.prepare('insert into t values (?)');
    insert.run('secret');
    try {
      insert.run('secret');
    } catch (error) {
      const failure = describeFailure(error, 'insert into t values (?)');
      expect(failure.data).toEqual({ sqliteCode: 2067, sql: 'insert into t values (?)' });
      expect(JSON.stringify(failure)).not.toContain('secret');
    }
    database.close();
    expect.assertions(2);
  });

  it('passes on what was decided inside the thread and calls everything else unexpected', () => {
    const failure = { name: 'CONFLICT', message: 'changed' } as const;
    expect(describeFailure(new WorkerFailure(failure))).toBe(failure);
    expect(describeFailure(new TypeError('x is not a function')).name).toBe('UNEXPECTED');
  });
});
