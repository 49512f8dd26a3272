/** The transcript people see. Cursors are `seq`, which grows with every stored message and is never reused. */
import type { Selectable } from 'kysely';
import { type Clock, formatTimestamp } from '../../core/clock.ts';
import { sliceCodePoints } from '../../core/text.ts';
import { storageErrors } from '../errors.ts';
import { prepareQuery, prepareStatement, type ValueOf } from '../prepared-statement.ts';
import type { MessagesTable } from '../schema.ts';
import type { Storage, WriteStatement } from '../storage.ts';

export interface StoredMessage {
  readonly seq: number;
  readonly id: string;
  readonly chatId: number;
  readonly senderName: string;
  readonly content: string;
  readonly isFromBot: boolean;
  readonly timestamp: string;
  /** Run that this message started or answered. */
  readonly runId: string | null;
}

export interface NewMessage {
  /** Unique in its chat. */
  readonly id: string;
  readonly chatId: number;
  readonly senderName: string;
  readonly content: string;
  readonly isFromBot: boolean;
  /** Defaults to now. */
  readonly timestampMs?: number;
  readonly runId?: string | null;
}

export interface MessagePageOptions {
  readonly limit: number;
  /** Only messages before this one; the page is the newest of them. */
  readonly beforeSeq?: number;
  /** Only messages after this one; without `beforeSeq` the page is the oldest of them. */
  readonly afterSeq?: number;
}

/** Code points of a message kept as the chat's preview. */
const PREVIEW_LENGTH = 200;
const EXPORT_PAGE = 500;

export class MessageRepository {
  readonly #storage: Storage;
  readonly #clock: Clock;
  readonly #statements: MessageStatements;

  constructor(storage: Storage, clock: Clock) {
    this.#storage = storage;
    this.#clock = clock;
    this.#statements = messageStatements(storage);
  }

  /** At most `limit` messages, oldest first: the newest ones, or those next to the cursor. */
  async page(chatId: number, options: MessagePageOptions): Promise<readonly StoredMessage[]> {
    const { limit, beforeSeq, afterSeq } = options;
    const forward = afterSeq !== undefined && beforeSeq === undefined;
    let select = this.#select(chatId)
      .orderBy('seq', forward ? 'asc' : 'desc')
      .limit(limit);
    if (beforeSeq !== undefined) select = select.where('seq', '<', beforeSeq);
    if (afterSeq !== undefined) select = select.where('seq', '>', afterSeq);
    const rows = await select.execute();
    const messages = rows.map(toStoredMessage);
    return forward ? messages : messages.reverse();
  }

  /** Stores a message and returns its `seq`. */
  async insert(message: NewMessage): Promise<number> {
    const [result] = await this.#storage.write(this.insertStatements(message));
    if (result?.insertId === undefined) {
      throw storageErrors.create('UNEXPECTED', 'the message insert returned no row id');
    }
    return result.insertId;
  }

  /** As `insert`, once: a message whose id the chat already has changes nothing. */
  async insertOnce(message: NewMessage): Promise<void> {
    try {
      await this.insert(message);
    } catch (error) {
      const known = await this.#select(message.chatId).where('id', '=', message.id).executeTakeFirst();
      if (known === undefined) throw error;
    }
  }

  /** The run that a message started or answered; `undefined` when the chat has no such message, or it has no run. */
  async findRun(chatId: number, id: string): Promise<string | undefined> {
    const row = await this.#select(chatId).where('id', '=', id).executeTakeFirst();
    return row?.run_id ?? undefined;
  }

  /** Whether the chat has a message under this name after the moment (UTC RFC 3339), other than through a webhook. */
  async hasSpokenSince(chatId: number, senderName: string, moment: string): Promise<boolean> {
    const spoken = await this.#select(chatId)
      .where('sender_name', '=', senderName)
      .where('is_from_bot', '=', 0)
      .where('timestamp', '>', moment)
      .where(({ exists, selectFrom }) =>
        exists(
          selectFrom('inbox')
            .select('inbox.inbox_id')
            .whereRef('inbox.run_id', '=', 'messages.run_id')
            .where('inbox.actor_kind', '!=', 'hook'),
        ),
      )
      .limit(1)
      .executeTakeFirst();
    return spoken !== undefined;
  }

  /** Statements that store a message and show it as the chat's newest; the first one inserts. */
  insertStatements(message: NewMessage): readonly WriteStatement[] {
    const { id, chatId, senderName, content } = message;
    const timestamp = formatTimestamp(message.timestampMs ?? this.#clock.now());
    const isFromBot = message.isFromBot ? 1 : 0;
    return [
      this.#statements.insert({
        id,
        chatId,
        senderName,
        content,
        isFromBot,
        timestamp,
        runId: message.runId ?? null,
      }),
      this.#statements.showNewest({
        chatId,
        timestamp,
        preview: sliceCodePoints(content, 0, PREVIEW_LENGTH),
      }),
    ];
  }

  /**
   * The messages from which a lost session is rebuilt, oldest first: the newest `limit`, or with `sinceLastBot`
   * (groups) only those after the bot's last message.
   */
  async recentForRebuild(
    chatId: number,
    options: { readonly limit: number; readonly sinceLastBot: boolean },
  ): Promise<readonly StoredMessage[]> {
    let select = this.#select(chatId).orderBy('seq', 'desc').limit(options.limit);
    if (options.sinceLastBot) {
      select = select.where('seq', '>', (where) =>
        where
          .selectFrom('messages as bot')
          .select((column) => column.fn.coalesce(column.fn.max('bot.seq'), column.val(0)).as('seq'))
          .where('bot.chat_id', '=', chatId)
          .where('bot.is_from_bot', '=', 1),
      );
    }
    const rows = await select.execute();
    return rows.map(toStoredMessage).reverse();
  }

  /**
   * Messages of people after `afterSeq` and before `beforeSeq` that no request of this chat brought in (stored by a
   * webhook, copied by a fork), oldest first. `'cursor'` stands for what the session has taken in; none without one.
   */
  async unclaimedBetween(
    chatId: number,
    afterSeq: number | 'cursor',
    beforeSeq: number,
  ): Promise<readonly StoredMessage[]> {
    const { unclaimedSinceCursor, unclaimedAfter } = this.#statements;
    const rows =
      afterSeq === 'cursor'
        ? await unclaimedSinceCursor({ chatId, beforeSeq })
        : await unclaimedAfter({ chatId, afterSeq, beforeSeq });
    return rows.map(toStoredMessage);
  }

  async count(chatId: number): Promise<number> {
    const { total } = await this.#storage.db
      .selectFrom('messages')
      .select((select) => select.fn.countAll<number>().as('total'))
      .where('chat_id', '=', chatId)
      .executeTakeFirstOrThrow();
    return total;
  }

  /** The whole transcript, oldest first, in pages; a message stored meanwhile may or may not be included. */
  async *all(chatId: number): AsyncGenerator<readonly StoredMessage[], void> {
    let afterSeq = 0;
    for (;;) {
      const page = await this.page(chatId, { limit: EXPORT_PAGE, afterSeq });
      const last = page.at(-1);
      if (last === undefined) return;
      yield page;
      afterSeq = last.seq;
    }
  }

  #select(chatId: number) {
    return this.#storage.db.selectFrom('messages').selectAll().where('chat_id', '=', chatId);
  }
}

type MessageStatements = ReturnType<typeof messageStatements>;

type MessageValues = Readonly<Record<'id' | 'senderName' | 'content' | 'timestamp', string>> &
  Readonly<Record<'chatId' | 'isFromBot', number>> & { readonly runId: string | null };

type Span = Readonly<Record<'chatId' | 'afterSeq' | 'beforeSeq', number>>;

/** The statements of every turn. */
function messageStatements(storage: Storage) {
  const { db } = storage;
  return {
    insert: prepareStatement<MessageValues>((value) =>
      db.insertInto('messages').values({
        id: value('id'),
        chat_id: value('chatId'),
        sender_name: value('senderName'),
        content: value('content'),
        is_from_bot: value('isFromBot'),
        timestamp: value('timestamp'),
        run_id: value('runId'),
      }),
    ),
    showNewest: prepareStatement<{ chatId: number; timestamp: string; preview: string }>(
      (value) =>
        db
          .updateTable('chats')
          .set({ last_message_time: value('timestamp'), last_message_preview: value('preview') })
          .where('chat_id', '=', value('chatId')),
      1,
    ),
    unclaimedSinceCursor: prepareQuery(storage, (value: ValueOf<Omit<Span, 'afterSeq'>>) =>
      unclaimedSinceCursor(db, value('chatId'))
        .where('seq', '<', value('beforeSeq'))
        .selectAll()
        .orderBy('seq'),
    ),
    unclaimedAfter: prepareQuery(storage, (value: ValueOf<Span>) =>
      unclaimed(db, value('chatId'))
        .where('seq', '<', value('beforeSeq'))
        .where('seq', '>', value('afterSeq'))
        .selectAll()
        .orderBy('seq'),
    ),
  };
}

/** The cursor of a message. */
export function seqOfMessage(db: Storage['db'], chatId: number, id: string) {
  return db
    .selectFrom('messages')
    .select('messages.seq')
    .where('messages.chat_id', '=', chatId)
    .where('messages.id', '=', id);
}

/** Messages of people that no request brought in and the session has not taken in either. */
export function unclaimedSinceCursor(db: Storage['db'], chatId: number) {
  return unclaimed(db, chatId).where('seq', '>', ({ selectFrom }) =>
    selectFrom('sessions').select('last_message_id').where('sessions.chat_id', '=', chatId),
  );
}

/** Messages of people that no request of the chat brought in: stored by a webhook, copied by a fork. */
function unclaimed(db: Storage['db'], chatId: number) {
  return db
    .selectFrom('messages')
    .where('chat_id', '=', chatId)
    .where('is_from_bot', '=', 0)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('inbox')
            .select('inbox.inbox_id')
            .whereRef('inbox.run_id', '=', 'messages.run_id')
            .whereRef('inbox.chat_id', '=', 'messages.chat_id'),
        ),
      ),
    );
}

function toStoredMessage(row: Selectable<MessagesTable>): StoredMessage {
  return {
    seq: row.seq,
    id: row.id,
    chatId: row.chat_id,
    senderName: row.sender_name,
    content: row.content,
    isFromBot: row.is_from_bot === 1,
    timestamp: row.timestamp,
    runId: row.run_id,
  };
}
