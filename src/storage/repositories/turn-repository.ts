/**
 * The life of a run in the database: every step of a turn is one transaction here.
 *
 * Invariants: entries are appended only while the session's generation is the one the turn began with, so a reset or a
 * deletion makes a late append fail instead of resurrecting the conversation; the terminal state, the last entries and
 * the visible answer are committed together and flushed to disk.
 */
import type { Selectable } from 'kysely';
import { type Clock, formatTimestamp } from '../../core/clock.ts';
import { prepareStatement } from '../prepared-statement.ts';
import type { TurnsTable } from '../schema.ts';
import type { Storage, WriteStatement } from '../storage.ts';
import type { SessionRepository } from './session-repository.ts';

export type TurnState = 'queued' | 'running' | 'done' | 'error' | 'aborted';
export type TurnPhase = 'starting' | 'calling_llm' | 'executing_tools' | 'ready_for_llm';

export interface TurnRecord {
  readonly runId: string;
  readonly chatId: number;
  readonly sessionKey: string;
  readonly actorId: string;
  readonly state: TurnState;
  readonly phase: TurnPhase;
  readonly iteration: number;
  readonly resumeCount: number;
  /** How many of the resumes found it waiting for an approval. */
  readonly waitResumes: number;
  readonly response: string | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly errorHint: string | null;
  readonly foldedInto: string | null;
  readonly lastEventSeq: number;
  readonly acceptedAt: string;
  readonly startedAt: string | null;
}

/** An entry to append. `contentJson` is a JSON array of content blocks. */
export interface NewEntry {
  readonly role: 'user' | 'assistant';
  readonly kind: 'message' | 'tool_results' | 'summary' | 'note';
  readonly contentJson: string;
}

/** Which session, at which generation, on behalf of which run. */
export interface SessionWriter {
  readonly runId: string;
  readonly chatId: number;
  readonly generation: number;
}

export interface TurnEnd {
  readonly state: 'done' | 'error' | 'aborted';
  readonly response: string | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly errorHint: string | null;
  readonly foldedInto: string | null;
  readonly lastEventSeq: number;
}

export interface Lease {
  readonly owner: string;
  readonly expiresAtMs: number;
}

export class TurnRepository {
  readonly #storage: Storage;
  readonly #clock: Clock;
  readonly #sessions: SessionRepository;
  readonly #statements: TurnStatements;

  constructor(storage: Storage, clock: Clock, sessions: SessionRepository) {
    this.#storage = storage;
    this.#clock = clock;
    this.#sessions = sessions;
    this.#statements = turnStatements(storage);
  }

  /**
   * Claims the request, marks the run as running, creates the session row when missing and appends the entries the
   * turn starts with. Returns the ids of the entries. Rejects with `MC_STORAGE_CONFLICT` when the request was claimed
   * or ended meanwhile, or the session was reset.
   */
  async begin(
    writer: SessionWriter,
    start: {
      readonly entries: readonly NewEntry[];
      readonly lastMessageSeq: number;
      readonly lease: Lease;
      readonly extra?: readonly WriteStatement[];
    },
  ): Promise<readonly number[]> {
    const { runId, chatId } = writer;
    const now = this.#now();
    const { owner, expiresAtMs } = start.lease;
    const head = [
      this.#statements.claim({ runId, owner, expiresAt: formatTimestamp(expiresAtMs) }),
      this.#statements.run({ runId, now }),
      this.#sessions.ensureStatement(chatId),
      this.#statements.advanceCursor({ chatId, messageSeq: start.lastMessageSeq, now }),
    ];
    const entries = this.#entryStatements(writer, start.entries);
    const results = await this.#storage.write([...head, ...entries, ...(start.extra ?? [])]);
    return insertIds(results.slice(head.length, head.length + entries.length));
  }

  /**
   * Appends entries in the middle of a run and moves it to `phase`; `extra` (usage, tool call rows, folded requests)
   * is committed with it. Returns the ids of the entries.
   */
  async append(
    writer: SessionWriter,
    step: {
      readonly entries: readonly NewEntry[];
      readonly phase: TurnPhase;
      readonly iteration: number;
      readonly extra: readonly WriteStatement[];
    },
  ): Promise<readonly number[]> {
    const { phase, iteration } = step;
    const progress = this.#statements.progress({ runId: writer.runId, phase, iteration });
    const entries = this.#entryStatements(writer, step.entries);
    const results = await this.#storage.write([...entries, progress, ...step.extra]);
    return insertIds(results.slice(0, entries.length));
  }

  /** Ends a run: terminal state, last entries and `extra` (usage, the visible answer) in one flushed transaction. */
  async finish(
    writer: SessionWriter,
    end: TurnEnd,
    entries: readonly NewEntry[],
    extra: readonly WriteStatement[],
  ): Promise<void> {
    await this.#storage.write(
      [...this.#entryStatements(writer, entries), ...this.#endStatements(writer.runId, end), ...extra],
      { durability: 'full' },
    );
  }

  /** Ends a run without touching its session: aborted while queued, or its session is gone. */
  async close(runId: string, end: TurnEnd, extra: readonly WriteStatement[] = []): Promise<void> {
    await this.#storage.write([...this.#endStatements(runId, end), ...extra], { durability: 'full' });
  }

  /** Statements that end a request whose text was taken into another run; for `append`'s `extra`. */
  foldStatements(runId: string, intoRunId: string, response: string): readonly WriteStatement[] {
    return this.#endStatements(
      runId,
      {
        state: 'done',
        response,
        errorCode: null,
        errorMessage: null,
        errorHint: null,
        foldedInto: intoRunId,
        lastEventSeq: 1,
      },
      'folded',
    );
  }

  /** A run that never passed the queue (a slash command): its row is written once, already ended. */
  async recordEnded(
    run: {
      readonly runId: string;
      readonly chatId: number;
      readonly sessionKey: string;
      readonly actorId: string;
    },
    end: TurnEnd,
    extra: readonly WriteStatement[],
  ): Promise<void> {
    const now = this.#now();
    await this.#storage.write([
      {
        query: this.#storage.db.insertInto('turns').values({
          run_id: run.runId,
          chat_id: run.chatId,
          session_key: run.sessionKey,
          actor_id: run.actorId,
          phase: 'starting',
          accepted_at: now,
          started_at: now,
          ...endColumns(end, now),
        }),
      },
      ...extra,
    ]);
  }

  /** Marks a run of an earlier process as continued here and takes its lease. `wasWaiting`: for an approval. */
  async resume(runId: string, lease: Lease, wasWaiting = false): Promise<void> {
    const { db } = this.#storage;
    await this.#storage.write([
      {
        query: db
          .updateTable('turns')
          .set((column) => ({
            resume_count: column('resume_count', '+', 1),
            wait_resumes: column('wait_resumes', '+', wasWaiting ? 1 : 0),
          }))
          .where('run_id', '=', runId)
          .where('state', '=', 'running'),
        expectRows: 1,
      },
      {
        query: db
          .updateTable('inbox')
          .set({ lease_owner: lease.owner, lease_expires_at: formatTimestamp(lease.expiresAtMs) })
          .where('run_id', '=', runId),
      },
    ]);
  }

  /** Extends the lease of running requests; called periodically while they run. */
  async renewLeases(runIds: readonly string[], lease: Lease): Promise<void> {
    if (runIds.length === 0) return;
    await this.#storage.write([
      {
        query: this.#storage.db
          .updateTable('inbox')
          .set({ lease_expires_at: formatTimestamp(lease.expiresAtMs) })
          .where('run_id', 'in', [...runIds])
          .where('lease_owner', '=', lease.owner),
      },
    ]);
  }

  async find(runId: string): Promise<TurnRecord | undefined> {
    const row = await this.#storage.db
      .selectFrom('turns')
      .selectAll()
      .where('run_id', '=', runId)
      .executeTakeFirst();
    return row === undefined ? undefined : toTurnRecord(row);
  }

  /** Those of the runs that are known, in no order. */
  async listByIds(runIds: readonly string[]): Promise<readonly TurnRecord[]> {
    if (runIds.length === 0) return [];
    const rows = await this.#storage.db
      .selectFrom('turns')
      .selectAll()
      .where('run_id', 'in', [...runIds])
      .execute();
    return rows.map(toTurnRecord);
  }

  /** Runs that were running when their process ended, oldest first. */
  async listRunning(): Promise<readonly TurnRecord[]> {
    const rows = await this.#storage.db
      .selectFrom('turns')
      .selectAll()
      .where('state', '=', 'running')
      .orderBy('started_at')
      .execute();
    return rows.map(toTurnRecord);
  }

  #entryStatements(writer: SessionWriter, entries: readonly NewEntry[]): WriteStatement[] {
    return entries.map((entry) => this.#sessions.appendEntryStatement({ ...writer, ...entry }));
  }

  #endStatements(runId: string, end: TurnEnd, inboxState = 'finished'): WriteStatement[] {
    const now = this.#now();
    return [
      this.#statements.end({ runId, ...endColumns(end, now) }),
      this.#statements.leaveInbox({ runId, state: inboxState, now }),
    ];
  }

  #now(): string {
    return formatTimestamp(this.#clock.now());
  }
}

type TurnStatements = ReturnType<typeof turnStatements>;

/** The statements of every turn. */
function turnStatements({ db }: Storage) {
  return {
    claim: prepareStatement<{ runId: string; owner: string; expiresAt: string }>(
      (value) =>
        db
          .updateTable('inbox')
          .set({ state: 'claimed', lease_owner: value('owner'), lease_expires_at: value('expiresAt') })
          .where('run_id', '=', value('runId'))
          .where('state', '=', 'queued'),
      1,
    ),
    run: prepareStatement<{ runId: string; now: string }>(
      (value) =>
        db
          .updateTable('turns')
          .set({ state: 'running', phase: 'calling_llm', started_at: value('now') })
          .where('run_id', '=', value('runId'))
          .where('state', '=', 'queued'),
      1,
    ),
    /** The cursor only goes forward, also when a request of before a reset begins after it. */
    advanceCursor: prepareStatement<{ chatId: number; messageSeq: number; now: string }>((value) =>
      db
        .updateTable('sessions')
        .set({ last_message_id: value('messageSeq'), updated_at: value('now') })
        .where('chat_id', '=', value('chatId'))
        .where('last_message_id', '<', value('messageSeq')),
    ),
    progress: prepareStatement<{ runId: string; phase: string; iteration: number }>((value) =>
      db
        .updateTable('turns')
        .set({ phase: value('phase'), iteration: value('iteration') })
        .where('run_id', '=', value('runId')),
    ),
    end: prepareStatement<{ runId: string } & EndColumns>(
      (value) =>
        db
          .updateTable('turns')
          .set({
            state: value('state'),
            response: value('response'),
            error_code: value('error_code'),
            error_message: value('error_message'),
            error_hint: value('error_hint'),
            folded_into: value('folded_into'),
            last_event_seq: value('last_event_seq'),
            finished_at: value('finished_at'),
          })
          .where('run_id', '=', value('runId'))
          .where('state', 'in', ['queued', 'running']),
      1,
    ),
    leaveInbox: prepareStatement<{ runId: string; state: string; now: string }>((value) =>
      db
        .updateTable('inbox')
        .set({ state: value('state'), finished_at: value('now'), lease_owner: null, lease_expires_at: null })
        .where('run_id', '=', value('runId')),
    ),
  };
}

type EndColumns = ReturnType<typeof endColumns>;

function endColumns(end: TurnEnd, finishedAt: string) {
  return {
    state: end.state,
    response: end.response,
    error_code: end.errorCode,
    error_message: end.errorMessage,
    error_hint: end.errorHint,
    folded_into: end.foldedInto,
    last_event_seq: end.lastEventSeq,
    finished_at: finishedAt,
  };
}

function insertIds(results: readonly { readonly insertId: number | undefined }[]): readonly number[] {
  return results.flatMap((result) => (result.insertId === undefined ? [] : [result.insertId]));
}

const STATES: ReadonlySet<string> = new Set(['queued', 'running', 'done', 'error', 'aborted']);
const PHASES: ReadonlySet<string> = new Set(['starting', 'calling_llm', 'executing_tools', 'ready_for_llm']);

function isTurnState(value: string): value is TurnState {
  return STATES.has(value);
}

function isTurnPhase(value: string): value is TurnPhase {
  return PHASES.has(value);
}

function toTurnRecord(row: Selectable<TurnsTable>): TurnRecord {
  return {
    runId: row.run_id,
    chatId: row.chat_id,
    sessionKey: row.session_key,
    actorId: row.actor_id,
    state: isTurnState(row.state) ? row.state : 'error',
    phase: isTurnPhase(row.phase) ? row.phase : 'starting',
    iteration: row.iteration,
    resumeCount: row.resume_count,
    waitResumes: row.wait_resumes,
    response: row.response,
    errorCode: row.error_code,
    errorMessage: row.error_message,
    errorHint: row.error_hint,
    foldedInto: row.folded_into,
    lastEventSeq: row.last_event_seq,
    acceptedAt: row.accepted_at,
    startedAt: row.started_at,
  };
}
