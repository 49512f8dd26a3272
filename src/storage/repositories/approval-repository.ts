/**
 * Tool calls that a person has to decide on, one row per call.
 *
 * Invariants: a row leaves `pending` through one conditional update, so it is answered once; an answer is taken only
 * before the row expires, so an expired row never becomes approved; the answer, the standing approval it gives and what
 * the caller adds are one transaction, flushed to disk.
 */
import type { Selectable } from 'kysely';
import { type Clock, formatTimestamp } from '../../core/clock.ts';
import { storageErrors } from '../errors.ts';
import type { ApprovalsTable } from '../schema.ts';
import type { Storage, WriteStatement } from '../storage.ts';

export type ApprovalState = 'pending' | 'approved' | 'denied' | 'expired' | 'cancelled';
export type ApprovalDecision = 'once' | 'always' | 'deny';

/** A question, as it is put. */
export interface NewApproval {
  readonly approvalId: string;
  readonly runId: string;
  readonly toolUseId: string;
  readonly chatId: number;
  readonly sessionKey: string;
  readonly channel: string;
  readonly requesterKind: string;
  readonly requesterId: string;
  readonly principal: string;
  readonly tool: string;
  readonly risk: string;
  /** For display: redacted. */
  readonly inputJson: string;
  readonly fingerprint: string;
  readonly summary: string;
  readonly cwd: string | null;
  readonly reasonsJson: string;
  readonly expiresAtMs: number;
}

export interface ApprovalRecord extends Omit<NewApproval, 'expiresAtMs'> {
  readonly state: ApprovalState;
  readonly decision: ApprovalDecision | null;
  readonly note: string | null;
  readonly answeredBy: string | null;
  readonly createdAt: string;
  readonly expiresAt: string;
  /** When it left `pending`. */
  readonly answeredAt: string | null;
}

export interface ApprovalAnswer {
  readonly decision: ApprovalDecision;
  readonly note: string | null;
  readonly answeredBy: string;
}

/** What recovery has to know of the questions of a run. */
export interface RunWaits {
  readonly isPending: boolean;
  /** When the newest of its questions was answered. */
  readonly lastAnsweredAt: string | null;
}

export class ApprovalRepository {
  readonly #storage: Storage;
  readonly #clock: Clock;

  constructor(storage: Storage, clock: Clock) {
    this.#storage = storage;
    this.#clock = clock;
  }

  /** Stores the question, unless the call has one already; returns what is stored. */
  async ask(approval: NewApproval): Promise<{ readonly record: ApprovalRecord; readonly isNew: boolean }> {
    const query = this.#storage.db
      .insertInto('approvals')
      .values({ ...askedColumns(approval), state: 'pending', created_at: this.#now() })
      .onConflict((conflict) => conflict.columns(['run_id', 'tool_use_id']).doNothing());
    await this.#storage.write([{ query }]);
    const row = await this.#storage.db
      .selectFrom('approvals')
      .selectAll()
      .where('run_id', '=', approval.runId)
      .where('tool_use_id', '=', approval.toolUseId)
      .executeTakeFirst();
    if (row === undefined) throw storageErrors.create('UNEXPECTED', 'a stored approval cannot be found');
    return { record: toApprovalRecord(row), isNew: row.approval_id === approval.approvalId };
  }

  /**
   * Answers a pending question that has not expired, and writes `extra` with it; `undefined` when there is none to
   * answer, and then nothing was written.
   */
  async answer(
    approvalId: string,
    answer: ApprovalAnswer,
    extra: readonly WriteStatement[] = [],
  ): Promise<ApprovalRecord | undefined> {
    const { db } = this.#storage;
    const now = this.#now();
    const { decision, note, answeredBy } = answer;
    const settle = db
      .updateTable('approvals')
      .set({
        state: decision === 'deny' ? 'denied' : 'approved',
        decision,
        note,
        answered_by: answeredBy,
        answered_at: now,
      })
      .where('approval_id', '=', approvalId)
      .where('state', '=', 'pending')
      .where('expires_at', '>', now);
    const grant = db
      .insertInto('approval_grants')
      .columns(['chat_id', 'tool', 'granted_by', 'created_at'])
      .expression((builder) =>
        builder
          .selectFrom('approvals')
          .select((select) => [
            'chat_id',
            'tool',
            select.val(answeredBy).as('granted_by'),
            select.val(now).as('created_at'),
          ])
          .where('approval_id', '=', approvalId),
      )
      .onConflict((conflict) => conflict.columns(['chat_id', 'tool']).doNothing());
    try {
      await this.#storage.write(
        [{ query: settle, expectRows: 1 }, ...(decision === 'always' ? [{ query: grant }] : []), ...extra],
        { durability: 'full' },
      );
    } catch (error) {
      if (storageErrors.is(error, 'CONFLICT')) return undefined;
      throw error;
    }
    return this.find(approvalId);
  }

  /**
   * When another question of the chat was last put or ended, as UTC RFC 3339; `null` when there is none. Questions that
   * `knownTo` answered do not count: who answers a question knows that it is over.
   */
  async lastOther(question: ApprovalRecord, knownTo: string): Promise<string | null> {
    const { latest: moment } = await this.#storage.db
      .selectFrom('approvals')
      .select(({ fn, ref }) => fn.max(fn.coalesce(ref('answered_at'), ref('created_at'))).as('latest'))
      .where('chat_id', '=', question.chatId)
      .where('approval_id', '!=', question.approvalId)
      .where(({ eb, or }) => or([eb('answered_by', 'is', null), eb('answered_by', '!=', knownTo)]))
      .executeTakeFirstOrThrow();
    return moment;
  }

  /** Ends a pending question whose time is over; false when it is not pending or its time is not over. */
  async expire(approvalId: string): Promise<boolean> {
    const now = this.#now();
    const query = this.#leavePending('expired', now)
      .where('approval_id', '=', approvalId)
      .where('expires_at', '<=', now);
    return this.#changes(query);
  }

  /** Ends a pending question that nobody waits for any more; false when it is not pending. */
  async cancel(approvalId: string): Promise<boolean> {
    return this.#changes(this.#leavePending('cancelled', this.#now()).where('approval_id', '=', approvalId));
  }

  /** Cancels the pending questions of runs that have ended or do not exist. */
  async cancelOrphans(): Promise<boolean> {
    const query = this.#leavePending('cancelled', this.#now()).where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('turns')
            .select('turns.run_id')
            .whereRef('turns.run_id', '=', 'approvals.run_id')
            .where('turns.state', 'in', ['queued', 'running']),
        ),
      ),
    );
    return this.#changes(query);
  }

  async find(approvalId: string): Promise<ApprovalRecord | undefined> {
    const row = await this.#storage.db
      .selectFrom('approvals')
      .selectAll()
      .where('approval_id', '=', approvalId)
      .executeTakeFirst();
    return row === undefined ? undefined : toApprovalRecord(row);
  }

  /** The newest first. */
  async list(options: {
    readonly pendingOnly: boolean;
    readonly limit: number;
  }): Promise<readonly ApprovalRecord[]> {
    let query = this.#storage.db
      .selectFrom('approvals')
      .selectAll()
      .orderBy('created_at', 'desc')
      .orderBy('approval_id')
      .limit(options.limit);
    if (options.pendingOnly) query = query.where('state', '=', 'pending');
    return (await query.execute()).map(toApprovalRecord);
  }

  /** Every pending question, the oldest first. */
  async listPending(): Promise<readonly ApprovalRecord[]> {
    const rows = await this.#storage.db
      .selectFrom('approvals')
      .selectAll()
      .where('state', '=', 'pending')
      .orderBy('created_at')
      .execute();
    return rows.map(toApprovalRecord);
  }

  /** Runs without questions are absent. */
  async waitsOf(runIds: readonly string[]): Promise<ReadonlyMap<string, RunWaits>> {
    if (runIds.length === 0) return new Map();
    const rows = await this.#storage.db
      .selectFrom('approvals')
      .select(['run_id', 'state', 'answered_at'])
      .where('run_id', 'in', [...runIds])
      .execute();
    const waits = new Map<string, RunWaits>();
    for (const row of rows) {
      const known = waits.get(row.run_id);
      waits.set(row.run_id, {
        isPending: row.state === 'pending' || known?.isPending === true,
        lastAnsweredAt: latest(known?.lastAnsweredAt ?? null, row.answered_at),
      });
    }
    return waits;
  }

  #leavePending(state: 'expired' | 'cancelled', now: string) {
    return this.#storage.db
      .updateTable('approvals')
      .set({ state, answered_at: now })
      .where('state', '=', 'pending');
  }

  async #changes(query: WriteStatement['query']): Promise<boolean> {
    const [result] = await this.#storage.write([{ query }]);
    return (result?.affectedRows ?? 0) > 0;
  }

  #now(): string {
    return formatTimestamp(this.#clock.now());
  }
}

function latest(left: string | null, right: string | null): string | null {
  if (left === null || right === null) return left ?? right;
  return left > right ? left : right;
}

function askedColumns(approval: NewApproval) {
  return {
    approval_id: approval.approvalId,
    run_id: approval.runId,
    tool_use_id: approval.toolUseId,
    chat_id: approval.chatId,
    session_key: approval.sessionKey,
    channel: approval.channel,
    requester_kind: approval.requesterKind,
    requester_id: approval.requesterId,
    principal: approval.principal,
    tool: approval.tool,
    risk: approval.risk,
    input_json: approval.inputJson,
    fingerprint: approval.fingerprint,
    summary: approval.summary,
    cwd: approval.cwd,
    reasons_json: approval.reasonsJson,
    expires_at: formatTimestamp(approval.expiresAtMs),
  };
}

const STATES: readonly ApprovalState[] = ['pending', 'approved', 'denied', 'expired', 'cancelled'];
const DECISIONS: readonly ApprovalDecision[] = ['once', 'always', 'deny'];

function toApprovalRecord(row: Selectable<ApprovalsTable>): ApprovalRecord {
  return {
    approvalId: row.approval_id,
    runId: row.run_id,
    toolUseId: row.tool_use_id,
    chatId: row.chat_id,
    sessionKey: row.session_key,
    channel: row.channel,
    requesterKind: row.requester_kind,
    requesterId: row.requester_id,
    principal: row.principal,
    tool: row.tool,
    risk: row.risk,
    inputJson: row.input_json,
    fingerprint: row.fingerprint,
    summary: row.summary,
    cwd: row.cwd,
    reasonsJson: row.reasons_json,
    // A state of a later version is not an approval.
    state: STATES.find((state) => state === row.state) ?? 'cancelled',
    decision: DECISIONS.find((decision) => decision === row.decision) ?? null,
    note: row.note,
    answeredBy: row.answered_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    answeredAt: row.answered_at,
  };
}
