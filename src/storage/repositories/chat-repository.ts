/**
 * Conversations: finding, listing, renaming, clearing and deleting them.
 *
 * Invariants: a chat is unique per channel, account and platform id; deleting one takes every row that names it in one
 * transaction; clearing the context raises the session's generation, so that a turn still running cannot write into
 * the cleared session.
 */
import type { Selectable } from 'kysely';
import type { ChatRef } from '../../core/chat.ts';
import { type Clock, formatTimestamp } from '../../core/clock.ts';
import { storageErrors } from '../errors.ts';
import type { ChatsTable } from '../schema.ts';
import type { Storage, WriteStatement } from '../storage.ts';
import { deleteChatStatements } from './chat-deletion.ts';
import { containsPattern } from './like-pattern.ts';

export interface ChatRecord extends ChatRef {
  /** Account key of the channel adapter; `''` for the default one. */
  readonly account: string;
  readonly title: string | null;
  readonly lastMessageTime: string;
  readonly lastMessagePreview: string | null;
  readonly createdAt: string;
}

/** How a platform names a conversation. */
export interface ExternalChat {
  readonly channel: string;
  readonly account?: string;
  readonly externalId: string;
}

export interface NewChat extends ExternalChat {
  readonly title: string | null;
  readonly kind: 'private' | 'group';
}

/** A chat in a list, with the label of its session. */
export interface ChatListItem extends ChatRecord {
  readonly label: string | null;
}

/** Where a page of the chat list ends. */
export interface ChatCursor {
  readonly lastMessageTime: string;
  readonly chatId: number;
}

export interface ChatListOptions {
  readonly limit: number;
  /** The last item of the page before. */
  readonly before?: ChatCursor;
  /** Text that occurs in title, label or platform id; ASCII letters match in either case. */
  readonly query?: string;
  readonly channel?: string;
}

/** A chat that has a session, and where that was forked from. */
export interface ChatTreeNode extends ChatRef {
  readonly title: string | null;
  readonly label: string | null;
  readonly parentSessionKey: string | null;
  readonly forkPoint: number | null;
  readonly updatedAt: string;
}

const CHAT_COLUMNS = [
  'chats.chat_id',
  'chats.channel',
  'chats.account',
  'chats.external_chat_id',
  'chats.chat_title',
  'chats.chat_type',
  'chats.last_message_time',
  'chats.last_message_preview',
  'chats.created_at',
] as const;

export class ChatRepository {
  readonly #storage: Storage;
  readonly #clock: Clock;

  constructor(storage: Storage, clock: Clock) {
    this.#storage = storage;
    this.#clock = clock;
  }

  async findById(chatId: number): Promise<ChatRecord | undefined> {
    const row = await this.#select().where('chat_id', '=', chatId).executeTakeFirst();
    return row === undefined ? undefined : toChatRecord(row);
  }

  async findByExternal({ channel, account = '', externalId }: ExternalChat): Promise<ChatRecord | undefined> {
    const row = await this.#select()
      .where('channel', '=', channel)
      .where('account', '=', account)
      .where('external_chat_id', '=', externalId)
      .executeTakeFirst();
    return row === undefined ? undefined : toChatRecord(row);
  }

  /** The web chat with this title; of several the one with the newest message. */
  async findWebByTitle(title: string): Promise<ChatRecord | undefined> {
    const row = await this.#select()
      .where('channel', '=', 'web')
      .where('chat_title', '=', title)
      .orderBy('last_message_time', 'desc')
      .orderBy('chat_id', 'desc')
      .executeTakeFirst();
    return row === undefined ? undefined : toChatRecord(row);
  }

  /**
   * The chat, created when it does not exist yet; concurrent calls get the same one. An existing chat is not changed.
   */
  async ensure(chat: NewChat): Promise<ChatRecord> {
    const existing = await this.findByExternal(chat);
    if (existing !== undefined) return existing;
    await this.#storage.write([this.#insertStatement(chat)]);
    const created = await this.findByExternal(chat);
    if (created === undefined)
      throw storageErrors.create('UNEXPECTED', 'a chat that was just created is missing');
    return created;
  }

  /** Chats by newest message, newest first. */
  async list(options: ChatListOptions): Promise<readonly ChatListItem[]> {
    const { before, query, channel, limit } = options;
    let select = this.#storage.db
      .selectFrom('chats')
      .leftJoin('sessions', 'sessions.chat_id', 'chats.chat_id')
      .select([...CHAT_COLUMNS, 'sessions.label'])
      .orderBy('chats.last_message_time', 'desc')
      .orderBy('chats.chat_id', 'desc')
      .limit(limit);
    if (channel !== undefined) select = select.where('chats.channel', '=', channel);
    if (before !== undefined) {
      select = select.where((where) =>
        where.or([
          where('chats.last_message_time', '<', before.lastMessageTime),
          where.and([
            where('chats.last_message_time', '=', before.lastMessageTime),
            where('chats.chat_id', '<', before.chatId),
          ]),
        ]),
      );
    }
    if (query !== undefined && query !== '') {
      const pattern = containsPattern(query);
      select = select.where((where) =>
        where.or([
          pattern(where.ref('chats.chat_title')),
          pattern(where.ref('sessions.label')),
          pattern(where.ref('chats.external_chat_id')),
        ]),
      );
    }
    const rows = await select.execute();
    return rows.map((row) => ({ ...toChatRecord(row), label: row.label }));
  }

  /** Changes the title people see. False when there is no such chat. */
  async rename(chatId: number, title: string): Promise<boolean> {
    const [result] = await this.#storage.write([
      {
        query: this.#storage.db.updateTable('chats').set({ chat_title: title }).where('chat_id', '=', chatId),
      },
    ]);
    return (result?.affectedRows ?? 0) > 0;
  }

  /** Chats that have a session, the one changed last first. */
  async tree(limit: number): Promise<readonly ChatTreeNode[]> {
    const rows = await this.#storage.db
      .selectFrom('sessions')
      .innerJoin('chats', 'chats.chat_id', 'sessions.chat_id')
      .select([
        ...CHAT_COLUMNS,
        'sessions.label',
        'sessions.parent_session_key',
        'sessions.fork_point',
        'sessions.updated_at',
      ])
      .orderBy('sessions.updated_at', 'desc')
      .orderBy('chats.chat_id', 'desc')
      .limit(limit)
      .execute();
    return rows.map((row) => ({
      ...toChatRef(row),
      title: row.chat_title,
      label: row.label,
      parentSessionKey: row.parent_session_key,
      forkPoint: row.fork_point,
      updatedAt: row.updated_at,
    }));
  }

  /** Erases the chat and everything that names it. False when there was no such chat. */
  async deleteCompletely(chatId: number): Promise<boolean> {
    const results = await this.#storage.write(deleteChatStatements(this.#storage, chatId), {
      durability: 'full',
    });
    return (results.at(-1)?.affectedRows ?? 0) > 0;
  }

  /**
   * Clears the model's context; settings, label, usage and the record of runs stay. With `messages` the transcript is
   * deleted too, otherwise the session counts it as seen. False when there was nothing to clear.
   */
  async resetContext(chatId: number, options: { readonly messages: boolean }): Promise<boolean> {
    const { db } = this.#storage;
    const now = formatTimestamp(this.#clock.now());
    const newest = db
      .selectFrom('messages')
      .select((select) => select.fn.coalesce(select.fn.max('seq'), select.val(0)).as('seq'))
      .where('chat_id', '=', chatId);
    const entries = { query: db.deleteFrom('session_entries').where('chat_id', '=', chatId) };
    const session = {
      query: db
        .updateTable('sessions')
        .set((column) => ({
          generation: column('generation', '+', 1),
          last_message_id: newest,
          last_input_tokens: 0,
          updated_at: now,
        }))
        .where('chat_id', '=', chatId),
    };
    const transcript = { query: db.deleteFrom('messages').where('chat_id', '=', chatId) };
    const preview = {
      query: db.updateTable('chats').set({ last_message_preview: null }).where('chat_id', '=', chatId),
    };
    const statements = options.messages ? [entries, session, transcript, preview] : [entries, session];
    const results = await this.#storage.write(statements, { durability: 'full' });
    return results.slice(0, 3).some((result) => result.affectedRows > 0);
  }

  #select() {
    return this.#storage.db.selectFrom('chats').select(CHAT_COLUMNS);
  }

  #insertStatement(chat: NewChat): WriteStatement {
    const now = formatTimestamp(this.#clock.now());
    return {
      query: this.#storage.db
        .insertInto('chats')
        .values({
          channel: chat.channel,
          account: chat.account ?? '',
          external_chat_id: chat.externalId,
          chat_title: chat.title,
          chat_type: chat.kind,
          last_message_time: now,
          created_at: now,
        })
        .onConflict((conflict) => conflict.columns(['channel', 'account', 'external_chat_id']).doNothing()),
    };
  }
}

function toChatRef(
  row: Pick<Selectable<ChatsTable>, 'chat_id' | 'channel' | 'external_chat_id' | 'chat_type'>,
): ChatRef {
  return {
    chatId: row.chat_id,
    channel: row.channel,
    externalId: row.external_chat_id,
    kind: row.chat_type === 'group' ? 'group' : 'private',
  };
}

function toChatRecord(row: Selectable<ChatsTable>): ChatRecord {
  return {
    ...toChatRef(row),
    account: row.account,
    title: row.chat_title,
    lastMessageTime: row.last_message_time,
    lastMessagePreview: row.last_message_preview,
    createdAt: row.created_at,
  };
}
