/**
 * The durable inbox: a request is stored here, with its transcript message and its turn row, before it is
 * acknowledged. A platform message that arrives twice is stored once.
 *
 * Invariants: one inbox row and one `turns` row per run id, written in one transaction that is flushed to disk;
 * a row leaves `queued` only through a conditional update, so it is claimed once.
 */
import type { Selectable } from 'kysely';
import { type Clock, formatTimestamp } from '../core/clock.ts';
import { storageErrors } from './errors.ts';
import type { MessageRepository } from './message-repository.ts';
import { prepareStatement } from './prepared-statement.ts';
import type { InboxTable } from './schema.ts';
import type { Storage, WriteStatement } from './storage.ts';

export interface InboxItem {
  readonly inboxId: number;
  readonly runId: string;
  readonly chatId: number;
  readonly sessionKey: string;
  readonly channel: string;
  readonly actorKind: string;
  readonly actorId: string;
  readonly principal: string;
  readonly senderName: string;
  readonly content: string;
  readonly messageSeq: number;
  readonly acceptedAt: string;
}

export interface NewInboxItem {
  readonly runId: string;
  readonly messageId: string;
  readonly chatId: number;
  readonly sessionKey: string;
  readonly channel: string;
  readonly account: string;
  readonly platformMessageId: string | null;
  readonly actorKind: string;
  readonly actorId: string;
  readonly principal: string;
  readonly senderName: string;
  readonly content: string;
}

export type AcceptOutcome =
  | { readonly kind: 'accepted'; readonly item: InboxItem }
  /** The platform message was accepted before, as this run. */
  | { readonly kind: 'duplicate'; readonly runId: string };

export class InboxRepository {
  readonly #storage: Storage;
  readonly #clock: Clock;
  readonly #messages: MessageRepository;
  readonly #statements: InboxStatements;

  constructor(storage: Storage, clock: Clock, messages: MessageRepository) {
    this.#storage = storage;
    this.#clock = clock;
    this.#messages = messages;
    this.#statements = inboxStatements(storage);
  }

  /**
   * Stores a request durably. Rejects with `MC_STORAGE_*` when it could not be stored; then nothing was.
   */
  async accept(item: NewInboxItem): Promise<AcceptOutcome> {
    const acceptedAt = formatTimestamp(this.#clock.now());
    try {
      const results = await this.#storage.write(this.#acceptStatements(item, acceptedAt), {
        durability: 'full',
      });
      const messageSeq = results[0]?.insertId;
      const inboxId = results[2]?.insertId;
      if (messageSeq === undefined || inboxId === undefined) {
        throw storageErrors.create('UNEXPECTED', 'the inbox insert returned no row id');
      }
      return { kind: 'accepted', item: { ...item, inboxId, messageSeq, acceptedAt } };
    } catch (error) {
      const runId = item.platformMessageId === null ? undefined : await this.#findDuplicate(item);
      if (runId === undefined) throw error;
      return { kind: 'duplicate', runId };
    }
  }

  /** Requests that wait for their turn, in the order of their acceptance. */
  async listQueued(): Promise<readonly InboxItem[]> {
    const rows = await this.#storage.db
      .selectFrom('inbox')
      .selectAll()
      .where('state', '=', 'queued')
      .orderBy('inbox_id')
      .execute();
    return rows.map(toInboxItem);
  }

  /** The request that started a run. */
  async findByRun(runId: string): Promise<InboxItem | undefined> {
    const row = await this.#storage.db
      .selectFrom('inbox')
      .selectAll()
      .where('run_id', '=', runId)
      .executeTakeFirst();
    return row === undefined ? undefined : toInboxItem(row);
  }

  async #findDuplicate(item: NewInboxItem): Promise<string | undefined> {
    const row = await this.#storage.db
      .selectFrom('inbox')
      .select('run_id')
      .where('channel', '=', item.channel)
      .where('account', '=', item.account)
      .where('chat_id', '=', item.chatId)
      .where('platform_message_id', '=', item.platformMessageId)
      .executeTakeFirst();
    // A message that answered a question of a waiting run has no inbox row of its own.
    return row?.run_id ?? (await this.#messages.findRun(item.chatId, item.messageId));
  }

  #acceptStatements(item: NewInboxItem, acceptedAt: string): WriteStatement[] {
    const { runId, chatId, sessionKey, actorId } = item;
    const { channel, account, platformMessageId, actorKind, principal, senderName, content } = item;
    const run = { runId, chatId, sessionKey, actorId, acceptedAt };
    return [
      ...this.#messages.insertStatements({
        id: item.messageId,
        chatId,
        senderName,
        content,
        isFromBot: false,
        timestampMs: Date.parse(acceptedAt),
        runId,
      }),
      this.#statements.inbox({
        ...run,
        messageId: item.messageId,
        channel,
        account,
        platformMessageId,
        actorKind,
        principal,
        senderName,
        content,
      }),
      this.#statements.turn(run),
    ];
  }
}

type RunValues = Readonly<Record<'runId' | 'sessionKey' | 'actorId' | 'acceptedAt', string>> & {
  readonly chatId: number;
};

type InboxValues = RunValues &
  Readonly<
    Record<'messageId' | 'channel' | 'account' | 'actorKind' | 'principal' | 'senderName' | 'content', string>
  > & { readonly platformMessageId: string | null };

type InboxStatements = ReturnType<typeof inboxStatements>;

function inboxStatements({ db }: Storage) {
  return {
    inbox: prepareStatement<InboxValues>((value) =>
      db.insertInto('inbox').values({
        run_id: value('runId'),
        chat_id: value('chatId'),
        session_key: value('sessionKey'),
        channel: value('channel'),
        account: value('account'),
        platform_message_id: value('platformMessageId'),
        actor_kind: value('actorKind'),
        actor_id: value('actorId'),
        principal: value('principal'),
        sender_name: value('senderName'),
        content: value('content'),
        message_seq: db
          .selectFrom('messages')
          .select('seq')
          .where('chat_id', '=', value('chatId'))
          .where('id', '=', value('messageId')),
        state: 'queued',
        accepted_at: value('acceptedAt'),
      }),
    ),
    turn: prepareStatement<RunValues>((value) =>
      db.insertInto('turns').values({
        run_id: value('runId'),
        chat_id: value('chatId'),
        session_key: value('sessionKey'),
        actor_id: value('actorId'),
        state: 'queued',
        phase: 'starting',
        accepted_at: value('acceptedAt'),
      }),
    ),
  };
}

function toInboxItem(row: Selectable<InboxTable>): InboxItem {
  return {
    inboxId: row.inbox_id,
    runId: row.run_id,
    chatId: row.chat_id,
    sessionKey: row.session_key,
    channel: row.channel,
    actorKind: row.actor_kind,
    actorId: row.actor_id,
    principal: row.principal,
    senderName: row.sender_name,
    content: row.content,
    messageSeq: row.message_seq ?? 0,
    acceptedAt: row.accepted_at,
  };
}
