/**
 * Forking a session: a new chat that begins as a copy of another one up to a point.
 *
 * Invariants: rows are copied inside the database in one transaction, so the source can be deleted afterwards without
 * touching the copy; timestamps are kept; the copied context is the one the model had at that point. It ends before the
 * first run that the copied transcript holds only in part (or that is still going on); the messages of that run are
 * left for the session's cursor to find as not yet seen.
 */
import { type RawBuilder, sql } from 'kysely';
import { type Clock, formatTimestamp } from '../../core/clock.ts';
import { storageErrors } from '../errors.ts';
import type { Storage, WriteStatement } from '../storage.ts';
import { deleteChatStatements } from './chat-deletion.ts';

export interface ForkRequest {
  readonly sourceChatId: number;
  /** Session key of the source, kept as the copy's parent. */
  readonly sourceSessionKey: string;
  /** Session key of the copy: its platform id and its title. */
  readonly targetSessionKey: string;
  /** Number of leading messages to copy; all when absent or larger. */
  readonly forkPoint?: number;
  /** Erases a web chat that has the target's key already. */
  readonly overwrite?: boolean;
}

export type ForkOutcome =
  | { readonly kind: 'forked'; readonly chatId: number; readonly forkPoint: number }
  | { readonly kind: 'target_exists'; readonly chatId: number }
  | { readonly kind: 'source_missing' };

/** Where the copy ends, measured in the source. */
interface ForkPlan {
  readonly forkPoint: number;
  /** The newest message to copy; 0 for none. */
  readonly lastSeq: number;
  /** Entries from this one on are not copied. */
  readonly endEntryId: number;
  /** Messages from this one on are not part of the copied context. */
  readonly unseenFromSeq: number;
}

const TARGET_CHANNEL = 'web';

/** Changes nothing unless it has forked, also when source or target come or go at the same time. */
export async function forkSession(
  storage: Storage,
  clock: Clock,
  request: ForkRequest,
): Promise<ForkOutcome> {
  const existing = await findTarget(storage, request.targetSessionKey);
  if (existing !== undefined && request.overwrite !== true) {
    return { kind: 'target_exists', chatId: existing };
  }
  const plan = await planFork(storage, request);
  try {
    await storage.write(forkStatements(storage, clock, { request, plan, existing }), { durability: 'full' });
  } catch (error) {
    const overtaken = await overtakenBy(storage, request, { existing, error });
    if (overtaken === undefined) throw error;
    return overtaken;
  }
  const chatId = await findTarget(storage, request.targetSessionKey);
  if (chatId === undefined)
    throw storageErrors.create('UNEXPECTED', 'a chat that was just forked is missing');
  return { kind: 'forked', chatId, forkPoint: plan.forkPoint };
}

function forkStatements(
  storage: Storage,
  clock: Clock,
  fork: { readonly request: ForkRequest; readonly plan: ForkPlan; readonly existing: number | undefined },
): readonly WriteStatement[] {
  const { request, plan, existing } = fork;
  const now = formatTimestamp(clock.now());
  return [
    ...(existing === undefined ? [] : deleteChatStatements(storage, existing)),
    chatStatement(storage, request, plan, now),
    messagesStatement(storage, request, plan),
    sessionStatement(storage, request, plan, now),
    emptySessionStatement(storage, request, plan, now),
    entriesStatement(storage, request, plan),
  ];
}

/** What came in between a refused fork and its plan; `undefined` when it was refused for another reason. */
async function overtakenBy(
  storage: Storage,
  request: ForkRequest,
  { existing, error }: { readonly existing: number | undefined; readonly error: unknown },
): Promise<ForkOutcome | undefined> {
  if (!storageErrors.is(error, 'CONSTRAINT') && !storageErrors.is(error, 'CONFLICT')) return undefined;
  const target = await findTarget(storage, request.targetSessionKey);
  if (target !== undefined && target !== existing) return { kind: 'target_exists', chatId: target };
  const source = await storage.db
    .selectFrom('chats')
    .select('chat_id')
    .where('chat_id', '=', request.sourceChatId)
    .executeTakeFirst();
  return source === undefined ? { kind: 'source_missing' } : undefined;
}

async function findTarget(storage: Storage, key: string): Promise<number | undefined> {
  const row = await storage.db
    .selectFrom('chats')
    .select('chat_id')
    .where('channel', '=', TARGET_CHANNEL)
    .where('account', '=', '')
    .where('external_chat_id', '=', key)
    .executeTakeFirst();
  return row?.chat_id;
}

async function planFork(storage: Storage, request: ForkRequest): Promise<ForkPlan> {
  const { db } = storage;
  const chatId = request.sourceChatId;
  const { total } = await db
    .selectFrom('messages')
    .select((select) => select.fn.countAll<number>().as('total'))
    .where('chat_id', '=', chatId)
    .executeTakeFirstOrThrow();
  const forkPoint = Math.max(0, Math.min(request.forkPoint ?? total, total));
  const lastSeq = forkPoint === 0 ? 0 : await seqAt(storage, chatId, forkPoint - 1);
  return { forkPoint, lastSeq, ...(await contextEnd(storage, chatId, lastSeq)) };
}

async function seqAt(storage: Storage, chatId: number, offset: number): Promise<number> {
  const { seq } = await storage.db
    .selectFrom('messages')
    .select('seq')
    .where('chat_id', '=', chatId)
    .orderBy('seq')
    .limit(1)
    .offset(offset)
    .executeTakeFirstOrThrow();
  return seq;
}

/** Runs that the copied transcript holds only in part, or that have not ended. */
function incompleteRuns(storage: Storage, chatId: number, lastSeq: number) {
  const later = storage.db
    .selectFrom('messages as later')
    .select('later.run_id')
    .where('later.chat_id', '=', chatId)
    .where('later.seq', '>', lastSeq)
    .where('later.run_id', 'is not', null);
  const running = storage.db
    .selectFrom('turns')
    .select((column) => column.ref('turns.run_id').$castTo<string | null>().as('run_id'))
    .where('turns.chat_id', '=', chatId)
    .where('turns.state', 'in', ['queued', 'running']);
  return later.union(running);
}

/** The first entry and the first message of the incomplete runs; without such runs, what comes next. */
async function contextEnd(
  storage: Storage,
  chatId: number,
  lastSeq: number,
): Promise<Pick<ForkPlan, 'endEntryId' | 'unseenFromSeq'>> {
  const entries = storage.db.selectFrom('session_entries').where('chat_id', '=', chatId);
  const messages = storage.db.selectFrom('messages').where('chat_id', '=', chatId);
  const firstEntry = await entries
    .select((select) => select.fn.min('entry_id').as('id'))
    .where('kind', '!=', 'summary')
    .where('run_id', 'in', incompleteRuns(storage, chatId, lastSeq))
    .executeTakeFirst();
  const lastEntry = await entries.select((select) => select.fn.max('entry_id').as('id')).executeTakeFirst();
  const firstMessage = await messages
    .select((select) => select.fn.min('seq').as('seq'))
    .where('run_id', 'in', incompleteRuns(storage, chatId, lastSeq))
    .executeTakeFirst();
  return {
    endEntryId: firstEntry?.id ?? (lastEntry?.id ?? 0) + 1,
    unseenFromSeq: firstMessage?.seq ?? lastSeq + 1,
  };
}

/** The id of the chat that the batch created with its first insert. */
function targetId(key: string): RawBuilder<number> {
  return sql<number>`(select chat_id from chats where channel = ${TARGET_CHANNEL} and account = '' and external_chat_id = ${key})`;
}

/** Ids of copied messages; they tell which message of the source they came from. */
function copiedId(): RawBuilder<string> {
  return sql<string>`'fork-' || cast(${sql.ref('messages.seq')} as text)`;
}

function chatStatement(storage: Storage, request: ForkRequest, plan: ForkPlan, now: string): WriteStatement {
  const { db } = storage;
  return {
    query: db
      .insertInto('chats')
      .columns([
        'channel',
        'account',
        'external_chat_id',
        'chat_title',
        'chat_type',
        'last_message_time',
        'last_message_preview',
        'created_at',
      ])
      .expression((builder) =>
        builder
          .selectFrom('chats')
          .where('chat_id', '=', request.sourceChatId)
          .select((column) => [
            column.val(TARGET_CHANNEL).as('channel'),
            column.val('').as('account'),
            column.val(request.targetSessionKey).as('external_chat_id'),
            column.val(request.targetSessionKey).as('chat_title'),
            'chat_type',
            column.val(now).as('last_message_time'),
            column
              .selectFrom('messages')
              .select(sql<string>`substr(content, 1, 200)`.as('content'))
              .where('seq', '=', plan.lastSeq)
              .as('last_message_preview'),
            column.val(now).as('created_at'),
          ]),
      ),
    expectRows: 1,
  };
}

function messagesStatement(storage: Storage, request: ForkRequest, plan: ForkPlan): WriteStatement {
  return {
    query: storage.db
      .insertInto('messages')
      .columns(['id', 'chat_id', 'sender_name', 'content', 'is_from_bot', 'timestamp', 'run_id'])
      .expression((builder) =>
        builder
          .selectFrom('messages')
          .where('chat_id', '=', request.sourceChatId)
          .where('seq', '<=', plan.lastSeq)
          .orderBy('seq')
          .select([
            copiedId().as('id'),
            targetId(request.targetSessionKey).as('chat_id'),
            'sender_name',
            'content',
            'is_from_bot',
            'timestamp',
            'run_id',
          ]),
      ),
  };
}

/** The session with the source's settings. */
function sessionStatement(
  storage: Storage,
  request: ForkRequest,
  plan: ForkPlan,
  now: string,
): WriteStatement {
  return {
    query: storage.db
      .insertInto('sessions')
      .columns([
        'chat_id',
        'label',
        'thinking_level',
        'verbose_level',
        'reasoning_level',
        'skill_envs_json',
        'parent_session_key',
        'fork_point',
        'last_message_id',
        'created_at',
        'updated_at',
      ])
      .expression((builder) =>
        builder
          .selectFrom('sessions')
          .where('chat_id', '=', request.sourceChatId)
          .select((column) => [
            targetId(request.targetSessionKey).as('chat_id'),
            'label',
            'thinking_level',
            'verbose_level',
            'reasoning_level',
            'skill_envs_json',
            column.val(request.sourceSessionKey).as('parent_session_key'),
            sql<number>`cast(${plan.forkPoint} as integer)`.as('fork_point'),
            seenInCopy(request, plan).as('last_message_id'),
            column.val(now).as('created_at'),
            column.val(now).as('updated_at'),
          ]),
      ),
  };
}

/** The newest copied message that the copied context contains. Runs inside a query over `sessions`. */
function seenInCopy(request: ForkRequest, plan: ForkPlan): RawBuilder<number> {
  return sql<number>`coalesce((
    select copy.seq from messages as copy
    where copy.chat_id = ${targetId(request.targetSessionKey)} and copy.id = (
      select 'fork-' || cast(max(source.seq) as text) from messages as source
      where source.chat_id = sessions.chat_id and source.seq <= ${plan.lastSeq}
        and source.seq <= sessions.last_message_id and source.seq < ${plan.unseenFromSeq})), 0)`;
}

/** For a source without a session. */
function emptySessionStatement(
  storage: Storage,
  request: ForkRequest,
  plan: ForkPlan,
  now: string,
): WriteStatement {
  return {
    query: storage.db
      .insertInto('sessions')
      .values({
        chat_id: targetId(request.targetSessionKey),
        parent_session_key: request.sourceSessionKey,
        fork_point: plan.forkPoint,
        created_at: now,
        updated_at: now,
      })
      .onConflict((conflict) => conflict.column('chat_id').doNothing()),
  };
}

/** The entries that were live when the end was reached: a summary made later does not stand for them yet. */
function entriesStatement(storage: Storage, request: ForkRequest, plan: ForkPlan): WriteStatement {
  return {
    query: storage.db
      .insertInto('session_entries')
      .columns(['chat_id', 'run_id', 'role', 'kind', 'content_json', 'created_at'])
      .expression((builder) =>
        builder
          .selectFrom('session_entries')
          .where('chat_id', '=', request.sourceChatId)
          .where('entry_id', '<', plan.endEntryId)
          .where((where) =>
            where.or([where('replaced_by', 'is', null), where('replaced_by', '>=', plan.endEntryId)]),
          )
          .orderBy('entry_id')
          .select([
            targetId(request.targetSessionKey).as('chat_id'),
            'run_id',
            'role',
            'kind',
            'content_json',
            'created_at',
          ]),
      ),
  };
}
