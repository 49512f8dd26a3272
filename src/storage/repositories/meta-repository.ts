/** Small facts that outlive the process, by name. `schema_version` belongs to the migrations. */
import { prepareQuery, type ValueOf } from '../prepared-statement.ts';
import type { Storage, WriteStatement } from '../storage.ts';

/** Greater than anything a name continues with; a range, because LIKE ignores case. */
const LAST_CODE_POINT = '\u{10ffff}';

export class MetaRepository {
  readonly #storage: Storage;
  readonly #listBetween;

  constructor(storage: Storage) {
    this.#storage = storage;
    this.#listBetween = prepareQuery(
      storage,
      (value: ValueOf<{ readonly first: string; readonly end: string }>) =>
        storage.db
          .selectFrom('db_meta')
          .select(['key', 'value'])
          .where('key', '>=', value('first'))
          .where('key', '<', value('end'))
          .orderBy('key'),
    );
  }

  async get(key: string): Promise<string | undefined> {
    const row = await this.#storage.db
      .selectFrom('db_meta')
      .select('value')
      .where('key', '=', key)
      .executeTakeFirst();
    return row?.value;
  }

  /** Facts whose name begins with `prefix`, by name. */
  async listByPrefix(prefix: string): Promise<readonly { readonly key: string; readonly value: string }[]> {
    return this.#listBetween({ first: prefix, end: `${prefix}${LAST_CODE_POINT}` });
  }

  async set(key: string, value: string): Promise<void> {
    await this.#storage.write(this.setStatements([[key, value]]));
  }

  /** For a transaction of somebody else. */
  setStatements(facts: readonly (readonly [key: string, value: string])[]): readonly WriteStatement[] {
    return facts.map(([key, value]) => ({
      query: this.#storage.db
        .insertInto('db_meta')
        .values({ key, value })
        .onConflict((conflict) => conflict.column('key').doUpdateSet({ value })),
    }));
  }

  /** False when there was no such key. */
  async delete(key: string): Promise<boolean> {
    const [result] = await this.#storage.write(this.deleteStatements([key]));
    return (result?.affectedRows ?? 0) > 0;
  }

  async deleteAll(keys: readonly string[]): Promise<void> {
    await this.#storage.write(this.deleteStatements(keys));
  }

  /** For a transaction of somebody else. */
  deleteStatements(keys: readonly string[]): readonly WriteStatement[] {
    return keys.map((key) => ({ query: this.#storage.db.deleteFrom('db_meta').where('key', '=', key) }));
  }
}
