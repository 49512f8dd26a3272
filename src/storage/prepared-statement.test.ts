import { afterEach, expect, it } from 'vitest';
import { StorageFixture } from '../../test/support/storage-fixture.ts';
import { prepareStatement } from './prepared-statement.ts';

let fixture: StorageFixture;
afterEach(async () => {
  await fixture.dispose();
});

it('a prepared statement compiles once and is filled anew each time', async () => {
  fixture = await StorageFixture.open();
  const { db } = fixture.storage;
  let built = 0;
  const put = prepareStatement<{ key: string; value: string }>((value) => {
    built += 1;
    const row = { key: value('key'), value: value('value') };
    return db
      .insertInto('db_meta')
      .values(row)
      .onConflict((conflict) => conflict.column('key').doUpdateSet({ value: row.value }));
  }, 1);
  await fixture.storage.write([put({ key: 'a', value: '1' }), put({ key: 'b', value: '2' })]);
  await fixture.storage.write([put({ key: 'a', value: '3' })]);
  expect(built).toBe(1);
  expect(await fixture.repositories.meta.get('a')).toBe('3');
  expect(await fixture.repositories.meta.get('b')).toBe('2');
});

it('gives the SQL that the query itself gives, constants included', async () => {
  fixture = await StorageFixture.open();
  const { db } = fixture.storage;
  const build = (runId: string) =>
    db
      .updateTable('turns')
      .set({ state: 'done' })
      .where('run_id', '=', runId)
      .where('state', 'in', ['queued']);
  const prepared = prepareStatement<{ runId: string }>((value) => build(value('runId')));
  const [ours, theirs] = [prepared({ runId: 'r' }).query.compile(), build('r').compile()];
  expect([ours.sql, ours.parameters]).toEqual([theirs.sql, theirs.parameters]);
});
