import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StatementCache } from './statement-cache.ts';

const BEYOND_SAFE = 2n ** 53n + 1n;

describe('StatementCache', () => {
  let database: DatabaseSync;
  let cache: StatementCache;

  beforeEach(() => {
    database = new DatabaseSync(':memory:');
    database.exec('create table t (id integer primary key, value, unique (value))');
    cache = new StatementCache(database, 3);
  });

  afterEach(() => database.close());

  const write = (sql: string, ...parameters: (string | number | bigint | null)[]) =>
    cache.write({ sql, parameters });
  const rows = (sql: string) => cache.read({ sql, parameters: [] }).rows.map((row) => ({ ...row }));

  it('keeps at most its capacity of statements, dropping the least recently used', () => {
    for (const sql of ['select 1', 'select 2', 'select 3', 'select 1', 'select 4']) rows(sql);
    expect(cache.size).toBe(3);
    expect(rows('select 1 as one')).toEqual([{ one: 1 }]);
    expect(cache.size).toBe(3);
  });

  it('does not keep very long statements', () => {
    rows(`select 1 where 1 in (${Array.from({ length: 5000 }, () => '1').join(', ')})`);
    expect(cache.size).toBe(0);
  });

  it('reports affected rows and the id of a plain insert', () => {
    expect(write('insert into t (value) values (?)', 'a')).toEqual({
      rows: [],
      affectedRows: 1,
      insertId: 1,
    });
    expect(write('update t set value = ?', 'b')).toEqual({ rows: [], affectedRows: 1, insertId: undefined });
    expect(write('delete from t where value = ?', 'none').affectedRows).toBe(0);
  });

  it('reports no id for an insert that was ignored and for an upsert', () => {
    write('insert into t (value) values (?)', 'a');
    expect(write('insert into t (value) values (?) on conflict do nothing', 'a').insertId).toBeUndefined();
    const upsert =
      'insert into t (value) values (?) on conflict (value) do update set value = excluded.value';
    expect(write(upsert, 'a')).toMatchObject({ affectedRows: 1, insertId: undefined });
  });

  it('runs a write that returns rows exactly once', () => {
    const result = write('insert into t (value) values (?) returning id, value', BEYOND_SAFE);
    expect(result.rows.map((row) => ({ ...row }))).toEqual([{ id: 1, value: BEYOND_SAFE }]);
    expect(result.affectedRows).toBe(1);
    expect(rows('select count(*) as n from t')).toEqual([{ n: 1 }]);
  });

  it('returns integers beyond 2^53 exactly and all others as numbers', () => {
    write('insert into t (value) values (?)', BEYOND_SAFE);
    write('insert into t (value) values (?)', 7);
    const expected = [
      { id: 1, value: BEYOND_SAFE },
      { id: 2, value: 7 },
    ];
    expect(rows('select id, value from t order by id')).toEqual(expected);
    expect(rows('select id, value from t order by id')).toEqual(expected);
  });
});
