/**
 * The model's context of a chat: settings and an append-only log of entries.
 *
 * Invariants: entries are added and marked as replaced, never changed; an append names the generation it was prepared
 * for and is refused with `MC_STORAGE_CONFLICT` after a reset; the entries as they were at any earlier point can be
 * told from their ids, because ids only grow.
 */
import type { Selectable, SelectQueryBuilder } from 'kysely';
import { type Clock, formatTimestamp } from '../../core/clock.ts';
import { storageErrors } from '../errors.ts';
import { prepareQuery, prepareStatement, type ValueOf } from '../prepared-statement.ts';
import type { Database, SessionEntriesTable, SessionsTable } from '../schema.ts';
import type { Storage, WriteStatement } from '../storage.ts';
import { seqOfMessage, unclaimedSinceCursor } from './message-repository.ts';
import { type ForkOutcome, type ForkRequest, forkSession } from './session-fork.ts';

export interface SessionRecord {
  readonly chatId: number;
  readonly label: string | null;
  readonly thinkingLevel: string | null;
  readonly verboseLevel: string | null;
  readonly reasoningLevel: string | null;
  readonly skillEnvsJson: string | null;
  readonly parentSessionKey: string | null;
  readonly forkPoint: number | null;
  readonly generation: number;
  /** `seq` of the newest transcript message the session has taken in. */
  readonly lastMessageId: number;
  readonly lastInputTokens: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface SessionEntry {
  readonly entryId: number;
  readonly chatId: number;
  readonly runId: string | null;
  readonly role: 'user' | 'assistant';
  readonly kind: string;
  readonly contentJson: string;
  readonly createdAt: string;
}

export interface LoadedSession {
  readonly session: SessionRecord;
  /** Entries that no summary replaces: summaries first, then oldest first. */
  readonly entries: readonly SessionEntry[];
}

export interface NewSessionEntry {
  readonly chatId: number;
  readonly generation: number;
  readonly runId: string | null;
  readonly role: 'user' | 'assistant';
  readonly kind: string;
  /** JSON array of content blocks. */
  readonly contentJson: string;
}

/** Settings to change; absent keys stay as they are. */
export interface SessionSettings {
  readonly label?: string | null;
  readonly thinkingLevel?: string | null;
  readonly verboseLevel?: string | null;
  readonly reasoningLevel?: string | null;
  readonly skillEnvsJson?: string | null;
}

export interface NewSummary {
  readonly chatId: number;
  readonly generation: number;
  readonly runId: string | null;
  /** The live entries the summary stands for. */
  readonly replacedEntryIds: readonly number[];
  readonly contentJson: string;
  /** Committed with the summary. */
  readonly extra?: readonly WriteStatement[];
}

/** Ids in one statement; below every database's limit of bound values. */
const IDS_PER_STATEMENT = 500;

export class SessionRepository {
  readonly #storage: Storage;
  readonly #clock: Clock;
  readonly #statements: SessionStatements;

  constructor(storage: Storage, clock: Clock) {
    this.#storage = storage;
    this.#clock = clock;
    this.#statements = sessionStatements(storage);
  }

  /** The session row alone. */
  async find(chatId: number): Promise<SessionRecord | undefined> {
    const [row] = await this.#statements.find({ chatId });
    return row === undefined ? undefined : toSessionRecord(row);
  }

  /** The session with its live entries; `undefined` when the chat has none. */
  async load(chatId: number): Promise<LoadedSession | undefined> {
    // A reset between the two queries does no harm: appends prepared for the old generation are refused.
    const [session, rows] = await Promise.all([this.find(chatId), this.#statements.liveEntries({ chatId })]);
    if (session === undefined) return undefined;
    const entries = rows.map(toSessionEntry);
    const summaries = entries.filter((entry) => entry.kind === 'summary');
    const others = entries.filter((entry) => entry.kind !== 'summary');
    return { session, entries: [...summaries, ...others] };
  }

  /** Creates the session row unless it exists. */
  ensureStatement(chatId: number): WriteStatement {
    return this.#statements.ensure({ chatId, now: this.#now() });
  }

  /** Appends an entry if the session still has the named generation; otherwise the batch is refused. */
  appendEntryStatement(entry: NewSessionEntry): WriteStatement {
    return this.#statements.append({ ...entry, now: this.#now() });
  }

  /**
   * Moves the cursor to a message that the same batch has stored before and whose inbox row it stores after. Does
   * nothing when there is no session, or when messages that no request brought in would be passed over.
   */
  takeInStatement(chatId: number, messageId: string): WriteStatement {
    return this.#statements.takeIn({ chatId, messageId, now: this.#now() });
  }

  /**
   * Appends an entry, whatever the generation, if the session's cursor stands on the message; otherwise does nothing.
   */
  appendTakenInStatement(entry: Omit<NewSessionEntry, 'generation'>, messageId: string): WriteStatement {
    return this.#statements.appendTakenIn({ ...entry, messageId, now: this.#now() });
  }

  /**
   * Marks live entries as replaced by the chat's newest summary, which the same batch has appended before. Refuses the
   * batch when one of them is not live any more.
   */
  markReplacedStatements(chatId: number, entryIds: readonly number[]): readonly WriteStatement[] {
    const statements: WriteStatement[] = [];
    for (let start = 0; start < entryIds.length; start += IDS_PER_STATEMENT) {
      const ids = entryIds.slice(start, start + IDS_PER_STATEMENT);
      statements.push({
        query: this.#storage.db
          .updateTable('session_entries')
          .set((column) => ({
            replaced_by: column
              .selectFrom('session_entries as summary')
              .select((select) => select.fn.max('summary.entry_id').as('entry_id'))
              .where('summary.chat_id', '=', chatId)
              .where('summary.kind', '=', 'summary')
              // The newest summary is live; this keeps the search within the live entries, however many were replaced.
              .where('summary.replaced_by', 'is', null),
          }))
          .where('chat_id', '=', chatId)
          .where('entry_id', 'in', ids)
          .where('replaced_by', 'is', null),
        expectRows: ids.length,
      });
    }
    return statements;
  }

  /** Appends a summary and marks what it stands for, in one transaction. Returns the id of the summary's entry. */
  async replaceWithSummary(summary: NewSummary): Promise<number> {
    const { chatId, generation, runId, contentJson } = summary;
    const entry = { chatId, generation, runId, role: 'user', kind: 'summary', contentJson } as const;
    const [first] = await this.#storage.write([
      this.appendEntryStatement(entry),
      ...this.markReplacedStatements(chatId, summary.replacedEntryIds),
      this.lastInputTokensStatement(chatId, 0),
      ...(summary.extra ?? []),
    ]);
    if (first?.insertId === undefined) {
      throw storageErrors.create('UNEXPECTED', 'the summary insert returned no row id');
    }
    return first.insertId;
  }

  /** Changes settings, creating the session when it is missing. The cursor of seen messages is not touched. */
  async updateSettings(chatId: number, settings: SessionSettings): Promise<void> {
    const changes = {
      ...(settings.label === undefined ? {} : { label: settings.label }),
      ...(settings.thinkingLevel === undefined ? {} : { thinking_level: settings.thinkingLevel }),
      ...(settings.verboseLevel === undefined ? {} : { verbose_level: settings.verboseLevel }),
      ...(settings.reasoningLevel === undefined ? {} : { reasoning_level: settings.reasoningLevel }),
      ...(settings.skillEnvsJson === undefined ? {} : { skill_envs_json: settings.skillEnvsJson }),
      updated_at: this.#now(),
    };
    await this.#storage.write([
      this.ensureStatement(chatId),
      { query: this.#storage.db.updateTable('sessions').set(changes).where('chat_id', '=', chatId) },
    ]);
  }

  /** Records how many input tokens the newest request had. */
  lastInputTokensStatement(chatId: number, tokens: number): WriteStatement {
    return this.#statements.inputTokens({ chatId, tokens, now: this.#now() });
  }

  async setLastInputTokens(chatId: number, tokens: number): Promise<void> {
    await this.#storage.write([this.lastInputTokensStatement(chatId, tokens)]);
  }

  /** Copies a chat's transcript and context into a new web chat; see `forkSession`. */
  fork(request: ForkRequest): Promise<ForkOutcome> {
    return forkSession(this.#storage, this.#clock, request);
  }

  #now(): string {
    return formatTimestamp(this.#clock.now());
  }
}

type SessionStatements = ReturnType<typeof sessionStatements>;

type EntryValues = Pick<NewSessionEntry, keyof NewSessionEntry> & { readonly now: string };

/** The statements of every turn. */
function sessionStatements(storage: Storage) {
  const { db } = storage;
  return {
    find: prepareQuery(storage, (value: ValueOf<{ chatId: number }>) =>
      db.selectFrom('sessions').selectAll().where('chat_id', '=', value('chatId')),
    ),
    liveEntries: prepareQuery(storage, (value: ValueOf<{ chatId: number }>) =>
      db
        .selectFrom('session_entries')
        .selectAll()
        .where('chat_id', '=', value('chatId'))
        .where('replaced_by', 'is', null)
        .orderBy('entry_id'),
    ),
    ensure: prepareStatement<{ chatId: number; now: string }>((value) =>
      db
        .insertInto('sessions')
        .values({ chat_id: value('chatId'), created_at: value('now'), updated_at: value('now') })
        .onConflict((conflict) => conflict.column('chat_id').doNothing()),
    ),
    append: prepareStatement<EntryValues>(
      (value) => appendQuery(db, value, (session) => session.where('generation', '=', value('generation'))),
      1,
    ),
    appendTakenIn: prepareStatement<Omit<EntryValues, 'generation'> & { readonly messageId: string }>(
      (value) =>
        appendQuery(db, value, (session) =>
          session.where('last_message_id', '=', seqOfMessage(db, value('chatId'), value('messageId'))),
        ),
    ),
    takeIn: prepareStatement<TakenIn>((value) => takeInQuery(db, value)),
    inputTokens: prepareStatement<{ chatId: number; tokens: number; now: string }>((value) =>
      db
        .updateTable('sessions')
        .set({ last_input_tokens: value('tokens'), updated_at: value('now') })
        .where('chat_id', '=', value('chatId')),
    ),
  };
}

type TakenIn = Readonly<{ chatId: number; messageId: string; now: string }>;

function takeInQuery(db: Storage['db'], value: ValueOf<TakenIn>) {
  const passedOver = unclaimedSinceCursor(db, value('chatId')).where('messages.id', '!=', value('messageId'));
  return db
    .updateTable('sessions')
    .set({
      last_message_id: seqOfMessage(db, value('chatId'), value('messageId')),
      updated_at: value('now'),
    })
    .where('chat_id', '=', value('chatId'))
    .where(({ not, exists }) => not(exists(passedOver.select('messages.seq'))));
}

/** The chat's session, if its cursor stands on the message. */
export function sessionAtMessage(db: Storage['db'], chatId: number, messageId: string) {
  return db
    .selectFrom('sessions')
    .select('sessions.chat_id')
    .where('sessions.chat_id', '=', chatId)
    .where('sessions.last_message_id', '=', seqOfMessage(db, chatId, messageId));
}

type SessionQuery = SelectQueryBuilder<Database, 'sessions', object>;

/** Inserts nothing when there is no session of the chat that `narrow` lets pass. */
function appendQuery(
  db: Storage['db'],
  value: ValueOf<Omit<EntryValues, 'generation'>>,
  narrow: (session: SessionQuery) => SessionQuery,
) {
  return db
    .insertInto('session_entries')
    .columns(['chat_id', 'run_id', 'role', 'kind', 'content_json', 'created_at'])
    .expression((builder) =>
      narrow(builder.selectFrom('sessions').where('chat_id', '=', value('chatId'))).select((column) => [
        'chat_id',
        column.val(value('runId')).as('run_id'),
        column.val(value('role')).as('role'),
        column.val(value('kind')).as('kind'),
        column.val(value('contentJson')).as('content_json'),
        column.val(value('now')).as('created_at'),
      ]),
    );
}

function toSessionRecord(row: Selectable<SessionsTable>): SessionRecord {
  return {
    chatId: row.chat_id,
    label: row.label,
    thinkingLevel: row.thinking_level,
    verboseLevel: row.verbose_level,
    reasoningLevel: row.reasoning_level,
    skillEnvsJson: row.skill_envs_json,
    parentSessionKey: row.parent_session_key,
    forkPoint: row.fork_point,
    generation: row.generation,
    lastMessageId: row.last_message_id,
    lastInputTokens: row.last_input_tokens,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function toSessionEntry(row: Selectable<SessionEntriesTable>): SessionEntry {
  return {
    entryId: row.entry_id,
    chatId: row.chat_id,
    runId: row.run_id,
    role: row.role === 'assistant' ? 'assistant' : 'user',
    kind: row.kind,
    contentJson: row.content_json,
    createdAt: row.created_at,
  };
}
