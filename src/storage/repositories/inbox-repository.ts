/**
 * The durable inbox: a request is stored here, with its transcript message and its turn row, before it is
 * acknowledged. A platform message that arrives twice is stored once.
 *
 * Invariants: one inbox row and one `turns` row per run id, written in one transaction that is flushed to disk;
 * a row leaves `queued` only through a conditional update, so it is claimed once.
 */
import type { Selectable } from 'kysely';
import { type Clock, formatTimestamp } from '../../core/clock.ts';
import { storageErrors } from '../errors.ts';
import { prepareStatement, type ValueOf } from '../prepared-statement.ts';
import type { InboxTable } from '../schema.ts';
import type { Storage, WriteStatement } from '../storage.ts';
import { type MessageRepository, seqOfMessage } from './message-repository.ts';
import { type SessionRepository, sessionAtMessage } from './session-repository.ts';
import type { Lease, NewEntry } from './turn-repository.ts';

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

/** What a request needs to begin with its acceptance. */
export interface AcceptedStart {
  /** The session's first entry of the run. */
  readonly entry: NewEntry;
  readonly lease: Lease;
}

export type AcceptOutcome =
  /** `entryId`: of the entry it began with, when it did. */
  | { readonly kind: 'accepted'; readonly item: InboxItem; readonly entryId: number | undefined }
  /** The platform message was accepted before, as this run. */
  | { readonly kind: 'duplicate'; readonly runId: string };

export class InboxRepository {
  readonly #storage: Storage;
  readonly #clock: Clock;
  readonly #messages: MessageRepository;
  readonly #sessions: SessionRepository;
  readonly #statements: InboxStatements;

  constructor(
    storage: Storage,
    clock: Clock,
    { messages, sessions }: { readonly messages: MessageRepository; readonly sessions: SessionRepository },
  ) {
    this.#storage = storage;
    this.#clock = clock;
    this.#messages = messages;
    this.#sessions = sessions;
    this.#statements = inboxStatements(storage);
  }

  /**
   * Stores a request durably. With `start` it begins at once, in the same commit, and leaves the rows that
   * `TurnRepository.begin` would; it waits for its turn as without `start` when its chat has no session yet or when
   * messages that no request brought in stand before it. Rejects with `MC_STORAGE_*` when it could not be stored; then
   * nothing was.
   */
  async accept(item: NewInboxItem, start?: AcceptedStart): Promise<AcceptOutcome> {
    const acceptedAt = formatTimestamp(this.#clock.now());
    const statements =
      start === undefined
        ? this.#acceptStatements(item, acceptedAt)
        : this.#startStatements(item, acceptedAt, start);
    try {
      const results = await this.#storage.write(statements, { durability: 'full' });
      const messageSeq = results[0]?.insertId;
      const inboxId = results[start === undefined ? 2 : 3]?.insertId;
      if (messageSeq === undefined || inboxId === undefined) {
        throw storageErrors.create('UNEXPECTED', 'the inbox insert returned no row id');
      }
      const entryId = start === undefined ? undefined : results.at(-1)?.insertId;
      return { kind: 'accepted', item: { ...item, inboxId, messageSeq, acceptedAt }, entryId };
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
    const { inbox, turn } = this.#statements;
    const values = { ...item, acceptedAt };
    return [...this.#messageStatements(item, acceptedAt), inbox(values), turn(values)];
  }

  /** The last one inserts the session's entry, if the turn begins. */
  #startStatements(item: NewInboxItem, acceptedAt: string, start: AcceptedStart): WriteStatement[] {
    const { chatId, messageId, runId } = item;
    const { claimedInbox, startedTurn } = this.#statements;
    const leaseExpiresAt = formatTimestamp(start.lease.expiresAtMs);
    const values = { ...item, acceptedAt, leaseOwner: start.lease.owner, leaseExpiresAt };
    return [
      ...this.#messageStatements(item, acceptedAt),
      this.#sessions.takeInStatement(chatId, messageId),
      claimedInbox(values),
      startedTurn(values),
      this.#sessions.appendTakenInStatement({ chatId, runId, ...start.entry }, messageId),
    ];
  }

  #messageStatements(item: NewInboxItem, acceptedAt: string): readonly WriteStatement[] {
    const { chatId, messageId: id, senderName, content, runId } = item;
    const timestampMs = Date.parse(acceptedAt);
    return this.#messages.insertStatements({
      id,
      chatId,
      senderName,
      content,
      isFromBot: false,
      timestampMs,
      runId,
    });
  }
}

type RequestValues = Pick<NewInboxItem, keyof NewInboxItem> & { readonly acceptedAt: string };
type StartValues = RequestValues & { readonly leaseOwner: string; readonly leaseExpiresAt: string };

type InboxStatements = ReturnType<typeof inboxStatements>;

function inboxStatements({ db }: Storage) {
  return {
    inbox: prepareStatement<RequestValues>((value) =>
      db.insertInto('inbox').values({ ...inboxColumns(db, value), state: 'queued' }),
    ),
    turn: prepareStatement<RequestValues>((value) =>
      db.insertInto('turns').values({ ...turnColumns(value), state: 'queued', phase: 'starting' }),
    ),
    /** Of a request that begins if its message was taken into the session before. */
    claimedInbox: prepareStatement<StartValues>((value) =>
      db.insertInto('inbox').values(({ case: choose, exists }) => {
        const session = sessionAtMessage(db, value('chatId'), value('messageId'));
        const ifTakenIn = choose().when(exists(session));
        return {
          ...inboxColumns(db, value),
          state: ifTakenIn.then('claimed').else('queued').end(),
          lease_owner: ifTakenIn.then(value('leaseOwner')).else(null).end(),
          lease_expires_at: ifTakenIn.then(value('leaseExpiresAt')).else(null).end(),
        };
      }),
    ),
    startedTurn: prepareStatement<StartValues>((value) =>
      db.insertInto('turns').values(({ case: choose, exists }) => {
        const session = sessionAtMessage(db, value('chatId'), value('messageId'));
        const ifTakenIn = choose().when(exists(session));
        return {
          ...turnColumns(value),
          state: ifTakenIn.then('running').else('queued').end(),
          phase: ifTakenIn.then('calling_llm').else('starting').end(),
          started_at: ifTakenIn.then(value('acceptedAt')).else(null).end(),
        };
      }),
    ),
  };
}

function inboxColumns(db: Storage['db'], value: ValueOf<RequestValues>) {
  return {
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
    message_seq: seqOfMessage(db, value('chatId'), value('messageId')),
    accepted_at: value('acceptedAt'),
  };
}

function turnColumns(value: ValueOf<RequestValues>) {
  return {
    run_id: value('runId'),
    chat_id: value('chatId'),
    session_key: value('sessionKey'),
    actor_id: value('actorId'),
    accepted_at: value('acceptedAt'),
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
