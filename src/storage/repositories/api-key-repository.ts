/**
 * API keys and their scopes. Only the SHA-256 of a key is stored.
 *
 * Invariants: a key and its scopes appear together; a rotation creates the new key and revokes the old one in one
 * transaction; a revoked key cannot be rotated and keeps its first `revokedAt`.
 */
import { type Selectable, sql } from 'kysely';
import { type Clock, formatTimestamp } from '../../core/clock.ts';
import { storageErrors } from '../errors.ts';
import type { ApiKeysTable } from '../schema.ts';
import type { Storage, WriteStatement } from '../storage.ts';

export interface ApiKeyRecord {
  readonly id: number;
  readonly label: string;
  /** First characters of the key, for people. */
  readonly prefix: string;
  readonly createdAt: string;
  readonly revokedAt: string | null;
  readonly lastUsedAt: string | null;
  /** `null` for a key that does not expire. */
  readonly expiresAt: string | null;
  readonly rotatedFromKeyId: number | null;
  /** Sorted. */
  readonly scopes: readonly string[];
}

export interface NewApiKey {
  readonly label: string;
  /** SHA-256 hex of the whole key. */
  readonly keyHash: string;
  readonly prefix: string;
  readonly scopes: readonly string[];
  readonly expiresAtMs: number | null;
}

export type RotateOutcome =
  | { readonly kind: 'rotated'; readonly key: ApiKeyRecord }
  | { readonly kind: 'not_found' }
  | { readonly kind: 'already_revoked' };

export class ApiKeyRepository {
  readonly #storage: Storage;
  readonly #clock: Clock;

  constructor(storage: Storage, clock: Clock) {
    this.#storage = storage;
    this.#clock = clock;
  }

  async create(key: NewApiKey): Promise<ApiKeyRecord> {
    await this.#storage.write(this.#createStatements(key, null), { durability: 'full' });
    return this.#created(key);
  }

  /** All keys, revoked ones included, the newest first. */
  async list(): Promise<readonly ApiKeyRecord[]> {
    const { db } = this.#storage;
    const keys = await db.selectFrom('api_keys').selectAll().orderBy('id', 'desc').execute();
    const scopes = await db.selectFrom('api_key_scopes').selectAll().orderBy('scope').execute();
    return keys.map((key) =>
      toApiKeyRecord(
        key,
        scopes.flatMap((row) => (row.api_key_id === key.id ? [row.scope] : [])),
      ),
    );
  }

  async findById(id: number): Promise<ApiKeyRecord | undefined> {
    const row = await this.#storage.db
      .selectFrom('api_keys')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    return row === undefined ? undefined : toApiKeyRecord(row, await this.#scopesOf(row.id));
  }

  /** The key with this hash, whatever its state; the caller looks at `revokedAt` and `expiresAt`. */
  async findByHash(keyHash: string): Promise<ApiKeyRecord | undefined> {
    const row = await this.#storage.db
      .selectFrom('api_keys')
      .selectAll()
      .where('key_hash', '=', keyHash)
      .executeTakeFirst();
    return row === undefined ? undefined : toApiKeyRecord(row, await this.#scopesOf(row.id));
  }

  /** The key with this hash if it is neither revoked nor expired. */
  async findLiveByHash(keyHash: string): Promise<ApiKeyRecord | undefined> {
    const key = await this.findByHash(keyHash);
    if (key === undefined || key.revokedAt !== null) return undefined;
    return key.expiresAt !== null && key.expiresAt <= this.#now() ? undefined : key;
  }

  /** Notes that a key was used. */
  async touch(id: number): Promise<void> {
    await this.#storage.write([
      {
        query: this.#storage.db
          .updateTable('api_keys')
          .set({ last_used_at: this.#now() })
          .where('id', '=', id),
      },
    ]);
  }

  /** Revokes a key; repeating it changes nothing. False when there is no such key. */
  async revoke(id: number): Promise<boolean> {
    const query = this.#storage.db
      .updateTable('api_keys')
      .set(({ fn, val, ref }) => ({ revoked_at: fn.coalesce(ref('revoked_at'), val(this.#now())) }))
      .where('id', '=', id);
    const [result] = await this.#storage.write([{ query }], { durability: 'full' });
    return (result?.affectedRows ?? 0) > 0;
  }

  /** Replaces a live key by a new one. */
  async rotate(id: number, key: NewApiKey): Promise<RotateOutcome> {
    const revokeOld: WriteStatement = {
      query: this.#storage.db
        .updateTable('api_keys')
        .set({ revoked_at: this.#now() })
        .where('id', '=', id)
        .where('revoked_at', 'is', null),
      expectRows: 1,
    };
    try {
      await this.#storage.write([revokeOld, ...this.#createStatements(key, id)], { durability: 'full' });
    } catch (error) {
      if (!storageErrors.is(error, 'CONFLICT')) throw error;
      return (await this.findById(id)) === undefined ? { kind: 'not_found' } : { kind: 'already_revoked' };
    }
    return { kind: 'rotated', key: await this.#created(key) };
  }

  #createStatements(key: NewApiKey, rotatedFromKeyId: number | null): readonly WriteStatement[] {
    const { db } = this.#storage;
    const insert = {
      query: db.insertInto('api_keys').values({
        label: key.label,
        key_hash: key.keyHash,
        prefix: key.prefix,
        created_at: this.#now(),
        expires_at: key.expiresAtMs === null ? null : formatTimestamp(key.expiresAtMs),
        rotated_from_key_id: rotatedFromKeyId,
      }),
    };
    const keyId = sql<number>`(select id from api_keys where key_hash = ${key.keyHash})`;
    const scopes = [...new Set(key.scopes)].map((scope) => ({
      query: db.insertInto('api_key_scopes').values({ api_key_id: keyId, scope }),
    }));
    return [insert, ...scopes];
  }

  async #created(key: NewApiKey): Promise<ApiKeyRecord> {
    const record = await this.findByHash(key.keyHash);
    if (record === undefined) {
      throw storageErrors.create('UNEXPECTED', 'an API key that was just created is missing');
    }
    return record;
  }

  async #scopesOf(id: number): Promise<readonly string[]> {
    const rows = await this.#storage.db
      .selectFrom('api_key_scopes')
      .select('scope')
      .where('api_key_id', '=', id)
      .orderBy('scope')
      .execute();
    return rows.map((row) => row.scope);
  }

  #now(): string {
    return formatTimestamp(this.#clock.now());
  }
}

function toApiKeyRecord(row: Selectable<ApiKeysTable>, scopes: readonly string[]): ApiKeyRecord {
  return {
    id: row.id,
    label: row.label,
    prefix: row.prefix,
    createdAt: row.created_at,
    revokedAt: row.revoked_at,
    lastUsedAt: row.last_used_at,
    expiresAt: row.expires_at,
    rotatedFromKeyId: row.rotated_from_key_id,
    scopes,
  };
}
