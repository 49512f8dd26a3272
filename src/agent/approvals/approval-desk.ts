/**
 * Where questions about tool calls wait for their answers. The rows are the truth; this object knows which are open in
 * this process and wakes the call when its answer comes.
 *
 * Invariants: a call has one question, also after a restart: the call asks again and finds its row; an answer is told
 * once, after it was committed; a stop of the turn cancels the question, a shutdown leaves it open for the next
 * process; nothing here blocks the chat's queue or a transaction.
 */
import type { Clock } from '../../core/clock.ts';
import type {
  ApprovalAnswer,
  ApprovalDecision,
  ApprovalRecord,
  ApprovalRepository,
  NewApproval,
} from '../../storage/repositories/approval-repository.ts';
import type { WriteStatement } from '../../storage/storage.ts';
import type { ApprovalResolution, WaitingRoom } from '../../tools/waiting-room.ts';
import { untilAborted } from '../loop/until-aborted.ts';
import { isShuttingDown } from '../turn-stop.ts';
import { callerName, type WriteApprovalAudit } from './approval-audit.ts';
import type { ApprovalPresenter } from './approval-presenter.ts';
import { approvalErrors } from './errors.ts';

export interface ApprovalDeskParts {
  readonly approvals: ApprovalRepository;
  readonly audit: WriteApprovalAudit;
  readonly presenter: ApprovalPresenter;
  readonly clock: Clock;
}

/** A question of this process, or of an earlier one whose turn has not asked again yet. */
interface OpenQuestion {
  readonly record: ApprovalRecord;
  /** Wakes the waiting call, when there is one. */
  settle?: (record: ApprovalRecord) => void;
  /** Where the call waits, when it does. */
  readonly room?: WaitingRoom;
}

/**
 * Timers stand still while a machine sleeps and know nothing of a corrected clock, so a long wait looks up in between.
 */
const MAX_SLEEP_MS = 30_000;

export class ApprovalDesk {
  readonly #parts: ApprovalDeskParts;
  /** In the order they were asked. */
  readonly #open = new Map<string, OpenQuestion>();

  constructor(parts: ApprovalDeskParts) {
    this.#parts = parts;
  }

  /** Reads the questions an earlier process left open; call once, when the turns to be given up have ended. */
  async load(): Promise<void> {
    const { approvals } = this.#parts;
    if ((await approvals.listPending()).length === 0) return;
    await approvals.cancelOrphans();
    for (const record of await approvals.listPending()) this.#open.set(record.approvalId, { record });
  }

  /** Open questions of a chat, the oldest first. */
  openOfChat(chatId: number): readonly ApprovalRecord[] {
    return this.#records().filter((record) => record.chatId === chatId);
  }

  /** The oldest open question of a run. */
  openOfRun(runId: string): ApprovalRecord | undefined {
    return this.#records().find((record) => record.runId === runId);
  }

  /**
   * Puts the question and waits for its end, which it returns: an answer, `expired`, or whatever an earlier process
   * recorded. Rejects with the signal's reason when the turn is stopped.
   */
  async ask(question: NewApproval, room: WaitingRoom, signal: AbortSignal): Promise<ApprovalRecord> {
    const { approvals, audit, presenter } = this.#parts;
    const { record, isNew } = await approvals.ask(question);
    const isSame = record.fingerprint === question.fingerprint;
    if (record.state !== 'pending' || !isSame) return record;
    const open: OpenQuestion = { record, room };
    this.#open.set(record.approvalId, open);
    try {
      if (isNew) {
        const detail = `${record.approvalId}; ${presenter.reasonCodes(record).join(', ')}`;
        await audit({ actor: askerOf(record), action: 'requested', target: record.tool, detail });
      }
      room.asked(presenter.question(record));
      return await room.during(() => this.#settled(open, room, signal));
    } finally {
      if (!isShuttingDown(signal)) this.#open.delete(record.approvalId);
    }
  }

  /**
   * Answers a question, with `extra` in the same transaction. Rejects with `MC_APPROVAL_NOT_FOUND`, and with
   * `MC_APPROVAL_CLOSED` when somebody else was first or its time is over.
   */
  async answer(
    approvalId: string,
    answer: ApprovalAnswer,
    extra: readonly WriteStatement[] = [],
  ): Promise<ApprovalRecord> {
    const { approvals, audit } = this.#parts;
    const record = await approvals.answer(approvalId, answer, extra);
    if (record === undefined) throw await this.#refusal(approvalId);
    const open = this.#open.get(approvalId);
    this.#open.delete(approvalId);
    open?.settle?.(record);
    const entry = {
      actor: answer.answeredBy,
      target: record.tool,
      detail: `${approvalId}; ${answer.decision}`,
    };
    await audit({ ...entry, action: answer.decision === 'deny' ? 'denied' : 'approved' });
    if (answer.decision === 'always') {
      await audit({ ...entry, action: 'standing_grant', detail: `chat ${record.chatId}; ${approvalId}` });
    }
    return record;
  }

  /**
   * Puts an open question again, because a reply may not have been meant for it. A call of an earlier process that has
   * not come back yet puts it anyway.
   */
  askAgain(approvalId: string): void {
    const open = this.#open.get(approvalId);
    open?.room?.askedAgain(this.#parts.presenter.question(open.record), this.#parts.presenter.doubt());
  }

  /** Ends a question that must not be answered any more. */
  async cancel(record: ApprovalRecord, actor = askerOf(record)): Promise<void> {
    this.#open.delete(record.approvalId);
    if (!(await this.#parts.approvals.cancel(record.approvalId))) return;
    const { approvalId: detail, tool: target } = record;
    await this.#parts.audit({ actor, action: 'cancelled', target, detail });
  }

  #records(): readonly ApprovalRecord[] {
    return [...this.#open.values()].map(({ record }) => record);
  }

  /** Waits for the answer, the end of its time or the turn's, and tells the room. */
  async #settled(open: OpenQuestion, room: WaitingRoom, signal: AbortSignal): Promise<ApprovalRecord> {
    const over = new AbortController();
    const answered = new Promise<ApprovalRecord>((resolve) => {
      open.settle = resolve;
    });
    try {
      const end = Promise.race([answered, this.#expired(open.record, over.signal)]);
      const record = await untilAborted(signal, end);
      room.resolved(resolutionOf(record));
      return record;
    } catch (error) {
      if (signal.aborted && !isShuttingDown(signal)) {
        await this.cancel(open.record);
        room.resolved(resolutionOf({ ...open.record, state: 'cancelled' }));
      }
      throw error;
    } finally {
      over.abort();
    }
  }

  /** Resolves when the question has run out of time, with how it ended after all. */
  async #expired(record: ApprovalRecord, signal: AbortSignal): Promise<ApprovalRecord> {
    const { clock } = this.#parts;
    const expiresAtMs = Date.parse(record.expiresAt);
    for (let leftMs = expiresAtMs - clock.now(); leftMs > 0; leftMs = expiresAtMs - clock.now()) {
      await clock.sleep(Math.min(leftMs, MAX_SLEEP_MS), signal);
    }
    return this.#ended(record);
  }

  /** How a question ended; one whose time is over has expired by now. */
  async #ended(record: ApprovalRecord): Promise<ApprovalRecord> {
    const { approvals, audit } = this.#parts;
    if (await approvals.expire(record.approvalId)) {
      const { approvalId: detail, tool: target } = record;
      await audit({ actor: askerOf(record), action: 'expired', target, detail });
    }
    return (await approvals.find(record.approvalId)) ?? { ...record, state: 'cancelled' };
  }

  /** Why an answer was not taken. A call that still waits for it goes on: nobody can answer it any more. */
  async #refusal(approvalId: string): Promise<Error> {
    const known = await this.#parts.approvals.find(approvalId);
    if (known === undefined) return approvalErrors.create('NOT_FOUND', 'approval not found');
    const record = await this.#ended(known);
    const open = this.#open.get(approvalId);
    if (record.state !== 'pending') {
      this.#open.delete(approvalId);
      open?.settle?.(record);
    }
    return approvalErrors.create('CLOSED', `approval is already ${record.state}`);
  }
}

function askerOf(record: ApprovalRecord): string {
  return callerName(record.chatId, record.principal);
}

const DECISION_BY_STATE = {
  pending: 'cancelled',
  approved: 'once',
  denied: 'deny',
  expired: 'expired',
  cancelled: 'cancelled',
} as const satisfies Record<ApprovalRecord['state'], ApprovalDecision | 'expired' | 'cancelled'>;

function resolutionOf(record: ApprovalRecord): ApprovalResolution {
  const { approvalId, toolUseId, tool, state, answeredBy } = record;
  const decision = record.decision ?? DECISION_BY_STATE[state];
  return { approvalId, toolUseId, tool, decision, answeredBy };
}
