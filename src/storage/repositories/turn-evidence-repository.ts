/**
 * What a turn has been given to read so far, from the rows that are committed: the same answer before and after a
 * restart.
 *
 * Invariant: what a question costs does not depend on how long the conversation is.
 */
import type { Storage } from '../storage.ts';

/** A turn, by what its request is stored under. */
export interface TurnKey {
  readonly runId: string;
  readonly chatId: number;
}

export class TurnEvidenceRepository {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Where the first result came from that held content of strangers; `undefined` when there was none. */
  async firstUntrustedSource({ runId }: TurnKey): Promise<string | undefined> {
    const row = await this.#storage.db
      .selectFrom('tool_calls')
      .select('untrusted_source')
      .where('run_id', '=', runId)
      .where('untrusted_source', 'is not', null)
      .orderBy('ordinal')
      .limit(1)
      .executeTakeFirst();
    return row?.untrusted_source ?? undefined;
  }

  /** Who sent a message that no request brought in and that the turn began with; `undefined` when there was none. */
  async firstUnclaimedSender({ runId, chatId }: TurnKey): Promise<string | undefined> {
    const row = await this.#storage.db
      .selectFrom('inbox as request')
      .innerJoin('messages', 'messages.chat_id', 'request.chat_id')
      .select('messages.sender_name')
      .where('request.run_id', '=', runId)
      .where('messages.chat_id', '=', chatId)
      .where('messages.run_id', 'is', null)
      .where('messages.is_from_bot', '=', 0)
      .whereRef('messages.seq', '<', 'request.message_seq')
      .where(({ eb, fn, selectFrom, val }) => {
        const previous = selectFrom('inbox as earlier')
          .innerJoin('turns', 'turns.run_id', 'earlier.run_id')
          .select('earlier.message_seq')
          .whereRef('earlier.chat_id', '=', 'request.chat_id')
          .whereRef('earlier.inbox_id', '<', 'request.inbox_id')
          .where('turns.started_at', 'is not', null)
          .orderBy('earlier.inbox_id', 'desc')
          .limit(1);
        return eb('messages.seq', '>', fn.coalesce(previous, val(0)));
      })
      .orderBy('messages.seq', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row?.sender_name;
  }

  /** The text of the request and of the messages that the turn took in while it ran. */
  async requestTexts({ runId, chatId }: TurnKey): Promise<readonly string[]> {
    const rows = await this.#storage.db
      .selectFrom('inbox')
      .innerJoin('turns', 'turns.run_id', 'inbox.run_id')
      .select('inbox.content')
      .where('inbox.chat_id', '=', chatId)
      .where('inbox.inbox_id', '>=', ({ selectFrom }) =>
        selectFrom('inbox as request').select('request.inbox_id').where('request.run_id', '=', runId),
      )
      .where((is) => is.or([is('inbox.run_id', '=', runId), is('turns.folded_into', '=', runId)]))
      .orderBy('inbox.inbox_id')
      .execute();
    return rows.map(({ content }) => content);
  }
}
