import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StorageFixture } from '../../../test/support/storage-fixture.ts';

describe('StorageDialect', () => {
  let fixture: StorageFixture;

  beforeEach(async () => {
    fixture = await StorageFixture.open({ transactionIdleMs: 50 });
  });

  afterEach(() => fixture.dispose());

  const facts = () =>
    fixture.storage.db.selectFrom('db_meta').select('key').where('key', 'like', 'fact-%').orderBy('key');
  const insert = (key: string) => fixture.storage.db.insertInto('db_meta').values({ key, value: '' });
  const keys = async () => (await facts().execute()).map((row) => row.key);

  it('runs writes outside a batch and reports what they changed', async () => {
    const inserted = await insert('fact-1').executeTakeFirstOrThrow();
    expect(inserted.numInsertedOrUpdatedRows).toBe(1n);
    const updated = await fixture.storage.db
      .updateTable('db_meta')
      .set({ value: 'x' })
      .where('key', '=', 'fact-1')
      .executeTakeFirstOrThrow();
    expect(updated.numUpdatedRows).toBe(1n);
    const deleted = await fixture.storage.db
      .deleteFrom('db_meta')
      .where('key', '=', 'fact-1')
      .returningAll()
      .execute();
    expect(deleted).toEqual([{ key: 'fact-1', value: 'x' }]);
  });

  it('runs raw queries and raw writes', async () => {
    await sql`insert into db_meta (key, value) values ('fact-1', 'x')`.execute(fixture.storage.db);
    const { rows } = await sql`select value from db_meta where key = 'fact-1'`.execute(fixture.storage.db);
    expect(rows).toEqual([{ value: 'x' }]);
  });

  it('ends a transaction that waits for a query outside itself, instead of waiting for ever', async () => {
    let seen: string[] | undefined;
    const transaction = fixture.storage.db.transaction().execute(async (trx) => {
      await trx.insertInto('db_meta').values({ key: 'fact-1', value: '' }).execute();
      seen = await keys();
    });
    await expect(transaction).rejects.toMatchObject({ code: 'MC_STORAGE_TRANSACTION_EXPIRED' });
    expect(seen).toEqual([]);
    expect(await keys()).toEqual([]);
  });

  it('sends queries of one moment together', async () => {
    const queries = [keys(), keys(), keys()];
    await new Promise<void>((resolve) => process.nextTick(resolve));
    expect(fixture.storage.stats().queueLength).toBe(3);
    await Promise.all(queries);
  });

  it('shows a committed transaction to everybody and a failed one to nobody', async () => {
    await fixture.storage.db.transaction().execute(async (trx) => {
      await trx.insertInto('db_meta').values({ key: 'fact-1', value: '' }).execute();
    });
    const failing = fixture.storage.db.transaction().execute(async (trx) => {
      await trx.insertInto('db_meta').values({ key: 'fact-2', value: '' }).execute();
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await keys()).toEqual(['fact-1']);
  });

  it('runs two transactions one after the other', async () => {
    const bump = () =>
      fixture.storage.db.transaction().execute(async (trx) => {
        const row = await trx.selectFrom('db_meta').select('value').where('key', '=', 'n').executeTakeFirst();
        const value = String(Number(row?.value ?? 0) + 1);
        await trx
          .insertInto('db_meta')
          .values({ key: 'n', value })
          .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
          .execute();
      });
    await Promise.all([bump(), bump(), bump(), bump()]);
    expect(await fixture.repositories.meta.get('n')).toBe('4');
  });

  it('refuses streaming, and values that cannot be stored', async () => {
    const stream = async () => {
      for await (const row of facts().stream()) expect(row).toBeUndefined();
    };
    await expect(stream()).rejects.toMatchObject({ code: 'MC_STORAGE_UNEXPECTED' });
    const wrong = fixture.storage.db
      .insertInto('db_meta')
      .values({ key: 'fact-1', value: true as unknown as string });
    await expect(wrong.execute()).rejects.toMatchObject({
      code: 'MC_STORAGE_UNEXPECTED',
      message: expect.stringContaining('parameter 2 is a boolean'),
    });
  });
});
