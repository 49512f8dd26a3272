/**
 * What webhooks asked for under an idempotency key.
 *
 * Invariants: of requests with one key only the first is remembered; it is forgotten after a day, when the key is free
 * again. The message id given to the first request makes everything that is stored for it unique, so a request that
 * was interrupted half-way can simply be made again.
 */
import { type Clock, formatTimestamp } from '../../core/clock.ts';
import { storageErrors } from '../errors.ts';
import type { Storage } from '../storage.ts';

export interface HookRequestDraft {
  /** SHA-256 of the key; the key itself is not stored. */
  readonly keyHash: string;
  /** SHA-256 of what was asked for. */
  readonly bodyHash: string;
  /** Id of the message that the request will become. */
  readonly messageId: string;
}

export interface HookRequest extends HookRequestDraft {
  /** The run it became; `null` while it has not. */
  readonly runId: string | null;
}

/** How long a key is remembered. */
export const HOOK_REQUEST_TTL_MS = 86_400_000;

export class HookRequestRepository {
  readonly #storage: Storage;
  readonly #clock: Pick<Clock, 'now'>;

  constructor(storage: Storage, clock: Pick<Clock, 'now'>) {
    this.#storage = storage;
    this.#clock = clock;
  }

  /** The first request with this key: the draft, unless there was one within the last day. */
  async claim(draft: HookRequestDraft): Promise<HookRequest> {
    const { db } = this.#storage;
    await this.#storage.write([
      {
        query: db
          .deleteFrom('hook_requests')
          .where('key_hash', '=', draft.keyHash)
          .where('created_at', '<=', this.#forgottenBefore()),
      },
      {
        query: db
          .insertInto('hook_requests')
          .values({
            key_hash: draft.keyHash,
            body_hash: draft.bodyHash,
            message_id: draft.messageId,
            run_id: null,
            created_at: formatTimestamp(this.#clock.now()),
          })
          .onConflict((conflict) => conflict.column('key_hash').doNothing()),
      },
    ]);
    const row = await db
      .selectFrom('hook_requests')
      .selectAll()
      .where('key_hash', '=', draft.keyHash)
      .executeTakeFirst();
    if (row === undefined) throw storageErrors.create('UNEXPECTED', 'a hook request was not stored');
    return {
      keyHash: row.key_hash,
      bodyHash: row.body_hash,
      messageId: row.message_id,
      runId: row.run_id,
    };
  }

  /** Remembers the run that a request became. */
  async complete({ keyHash, messageId }: HookRequestDraft, runId: string): Promise<void> {
    const query = this.#storage.db
      .updateTable('hook_requests')
      .set({ run_id: runId })
      .where('key_hash', '=', keyHash)
      .where('message_id', '=', messageId);
    await this.#storage.write([{ query }]);
  }

  /** Removes what is older than a day; returns how many. */
  async prune(): Promise<number> {
    const query = this.#storage.db
      .deleteFrom('hook_requests')
      .where('created_at', '<=', this.#forgottenBefore());
    const [result] = await this.#storage.write([{ query }]);
    return result?.affectedRows ?? 0;
  }

  #forgottenBefore(): string {
    return formatTimestamp(this.#clock.now() - HOOK_REQUEST_TTL_MS);
  }
}
