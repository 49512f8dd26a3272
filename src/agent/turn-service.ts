/**
 * The agent's door: accepts requests, queues them per chat, runs them, lets surfaces follow them, and continues after a
 * restart what an earlier process left.
 *
 * Invariants: a request is stored before it is acknowledged; every accepted request reaches a terminal event; the order
 * of a chat is the order of acceptance; `stop` returns only when nothing runs.
 */
import type { Clock } from '../core/clock.ts';
import type { IdSource } from '../core/ids.ts';
import type { Logger } from '../observability/logger.ts';
import { storageErrors } from '../storage/errors.ts';
import type { InboxItem } from '../storage/repositories/inbox-repository.ts';
import type { Repositories } from '../storage/repositories/repositories.ts';
import type { Lease } from '../storage/repositories/turn-repository.ts';
import type { ApprovalDesk } from './approvals/approval-desk.ts';
import type { ChatReplies } from './approvals/chat-replies.ts';
import type { CommandRuns } from './commands/command-runs.ts';
import { agentErrors } from './errors.ts';
import type { ActiveTurn } from './loop/active-turn.ts';
import type { HeadStart } from './loop/head-start.ts';
import type { LateEnds } from './loop/late-ends.ts';
import type { RequestIntake } from './loop/request-intake.ts';
import { TurnPause } from './loop/turn-pause.ts';
import type { TurnOutcome, TurnRecorder } from './loop/turn-recorder.ts';
import { publishEnd, stoppedInQueue } from './loop/turn-runner.ts';
import { untilAborted } from './loop/until-aborted.ts';
import type { PlanMode } from './plan-mode/plan-mode.ts';
import { planRecovery, type RecoveredTurn, type RecoveryOptions, type RecoveryPlan } from './recovery.ts';
import type { ActiveTurns } from './runs/active-turns.ts';
import type { ChatLanes, HeldLane } from './runs/chat-lanes.ts';
import type { RunRegistry } from './runs/run-registry.ts';
import { storedEnd, storedView } from './runs/stored-run.ts';
import { sessionNotFound } from './sessions/errors.ts';
import type { TerminalEvent } from './turn-event.ts';
import type {
  AcceptedTurn,
  RunSubscription,
  RunView,
  TurnPauseOutcome,
  TurnRequest,
  TurnService,
} from './turn-service-port.ts';
import { TurnStop } from './turn-stop.ts';

export interface AgentTurnServiceParts {
  readonly repositories: Repositories;
  readonly lanes: ChatLanes<ActiveTurn>;
  readonly active: ActiveTurns;
  readonly registry: RunRegistry;
  readonly approvals: ApprovalDesk;
  readonly replies: ChatReplies;
  readonly plans: PlanMode;
  readonly recorder: TurnRecorder;
  readonly lateEnds: LateEnds;
  readonly commands: CommandRuns;
  readonly intake: RequestIntake;
  /** Ends an interrupted turn that is not continued; does not reject. */
  readonly giveUp: (turn: ActiveTurn) => Promise<void>;
  /** The lease requests are held under, from now on. */
  readonly lease: () => Lease;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
}

export interface AgentTurnServiceOptions extends RecoveryOptions {
  readonly queueMaxPending: number;
}

/** Sequences of a continued run start here times its resume count, so that they never repeat. */
const RESUME_SEQ_STEP = 1_000_000;

export class AgentTurnService implements TurnService {
  readonly #parts: AgentTurnServiceParts;
  readonly #options: AgentTurnServiceOptions;
  /** Requests being stored right now, per chat; they count against the queue's limit. */
  readonly #accepting = new Map<number, number>();
  #stopping = false;

  constructor(parts: AgentTurnServiceParts, options: AgentTurnServiceOptions) {
    this.#parts = parts;
    this.#options = options;
  }

  /** Reads what an earlier process left. Changes nothing. */
  findUnfinished(): Promise<RecoveryPlan> {
    const { repositories, clock, logger } = this.#parts;
    return planRecovery(repositories, this.#options, clock, logger);
  }

  /**
   * Queues what `findUnfinished` found; call once, before surfaces open. Nothing runs before `begin`: a start that
   * fails after this leaves the turns as they were, and no attempt to continue them is used up.
   */
  async recover(plan: RecoveryPlan): Promise<void> {
    const { lanes, logger } = this.#parts;
    lanes.pause();
    for (const recovered of plan.givenUp) {
      const turn = this.#activate(recovered);
      await this.#parts.giveUp(turn);
      this.#parts.active.release(turn);
    }
    await this.#parts.approvals.load();
    for (const recovered of plan.turns) this.#enqueue(this.#activate(recovered));
    const count = plan.turns.length + plan.givenUp.length;
    if (count > 0)
      logger.info({ resumed: plan.turns.length, givenUp: plan.givenUp.length }, 'turns recovered');
  }

  /** Runs what `recover` queued and what has come since; call once the surfaces are open. */
  begin(): void {
    if (!this.#stopping) this.#parts.lanes.resume();
  }

  async submit(request: TurnRequest): Promise<AcceptedTurn> {
    if (this.#stopping) throw agentErrors.create('STOPPING', 'The runtime is shutting down.');
    const { chatId } = request.chat;
    // What a webhook passes on was written by strangers, who must not be able to reset a chat or change its model.
    if (request.actor.kind !== 'hook' && this.#parts.commands.isCommand(request.text)) {
      const { run, duplicate } = this.#parts.commands.start(request);
      return { runId: run.runId, chatId, sessionKey: request.sessionKey, duplicate };
    }
    const answered = await this.#parts.replies.take(request);
    if (answered !== undefined) return answered;
    this.#parts.plans.refuseUnlessMayApprove(request);
    await this.#parts.lateEnds.settle(chatId);
    this.#reservePlace(chatId);
    const lane = this.#parts.lanes.hold(chatId);
    try {
      const { intake } = this.#parts;
      const storing = lane === undefined ? intake.store(request) : intake.storeAndBegin(request);
      const { outcome, headStart } = await storing;
      const { kind } = outcome;
      const { runId } = kind === 'accepted' ? outcome.item : outcome;
      if (kind === 'accepted') this.#run(this.#activateFresh(request, outcome.item, headStart), lane);
      else lane?.leave();
      return { runId, chatId, sessionKey: request.sessionKey, duplicate: kind === 'duplicate' };
    } catch (error) {
      lane?.leave();
      throw await this.#explained(error, chatId);
    } finally {
      this.#releasePlace(chatId);
    }
  }

  async find(runId: string): Promise<RunView | undefined> {
    const run = this.#parts.registry.find(runId);
    if (run === undefined) {
      const record = await this.#parts.repositories.turns.find(runId);
      return record === undefined ? undefined : storedView(record);
    }
    const state = run.terminal?.kind ?? (run.started ? 'running' : 'queued');
    const { chatId, sessionKey, actorId, lastSeq } = run;
    const waitingApproval = this.#parts.approvals.openOfRun(runId)?.approvalId ?? null;
    return { runId, chatId, sessionKey, actorId, state, lastEventSeq: lastSeq, waitingApproval };
  }

  async subscribe(runId: string, afterSeq: number): Promise<RunSubscription | undefined> {
    const run = this.#parts.registry.find(runId);
    if (run !== undefined) {
      const oldestSeq = run.oldestSeq;
      return {
        oldestSeq,
        truncated: oldestSeq !== null && afterSeq + 1 < oldestSeq,
        events: run.follow(afterSeq),
      };
    }
    const record = await this.#parts.repositories.turns.find(runId);
    const end = record === undefined ? undefined : storedEnd(record, this.#parts.clock.now());
    if (end === undefined) return undefined;
    const events = end.seq > afterSeq ? [end] : [];
    return { oldestSeq: end.seq, truncated: afterSeq + 1 < end.seq, events: iterate(events) };
  }

  async waitForEnd(runId: string, signal?: AbortSignal): Promise<TerminalEvent> {
    const run = this.#parts.registry.find(runId);
    if (run !== undefined) return run.ended(signal);
    const record = await this.#parts.repositories.turns.find(runId);
    const end = record === undefined ? undefined : storedEnd(record, this.#parts.clock.now());
    if (end === undefined) throw agentErrors.create('INTERNAL', `run ${runId} is unknown`);
    return end;
  }

  async waitForPause(runId: string, signal?: AbortSignal): Promise<TurnPauseOutcome> {
    const { registry, approvals } = this.#parts;
    const run = registry.find(runId);
    const events = run?.follow(run.lastSeq);
    try {
      for (;;) {
        const open = approvals.openOfRun(runId);
        if (open !== undefined) return { kind: 'waiting', approvalId: open.approvalId };
        if (events === undefined || run?.terminal !== undefined) break;
        const next = events.next();
        const { done } = await (signal === undefined ? next : untilAborted(signal, next));
        if (done === true) break;
      }
    } finally {
      await events?.return?.();
    }
    return { kind: 'ended', end: await this.waitForEnd(runId, signal) };
  }

  async abortRun(runId: string): Promise<boolean> {
    const turn = this.#parts.active.find(runId);
    if (turn === undefined) return false;
    const waiting = this.#parts.lanes.takePending(turn.chat.chatId, (other) => other === turn);
    turn.controller.abort(new TurnStop('user'));
    if (waiting.length > 0) await this.#end(turn, stoppedInQueue());
    return true;
  }

  async abortChat(chatId: number): Promise<number> {
    const turns = this.#parts.active.ofChat(chatId);
    const stopped = await Promise.all(turns.map((turn) => this.abortRun(turn.item.runId)));
    return stopped.filter(Boolean).length;
  }

  activeChatIds(): readonly number[] {
    return this.#parts.lanes.activeChatIds();
  }

  /** The run that a chat is working on, for surfaces that reconnect. */
  activeRunOf(chatId: number): string | undefined {
    return this.#parts.active.ofChat(chatId)[0]?.item.runId;
  }

  /** Whether a call in the chat waits for a person. */
  isWaitingForApproval(chatId: number): boolean {
    return this.#parts.approvals.openOfChat(chatId).length > 0;
  }

  /** Extends the leases of running turns; called well within their time. */
  async renewLeases(): Promise<void> {
    const running = this.#parts.active.all().filter((turn) => turn.run.started);
    await this.#parts.repositories.turns.renewLeases(
      running.map((turn) => turn.item.runId),
      this.#parts.lease(),
    );
  }

  /**
   * Takes no more requests, lets running turns and commands finish for `graceMs`, then interrupts the turns; they
   * continue at the next start. Waiting requests stay in the inbox. Nobody is left waiting for a run's end.
   */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    const { lanes, active, commands, clock, logger } = this.#parts;
    lanes.pause();
    // Who waits for a person does not finish within the grace; the next process waits on.
    for (const turn of active.all()) if (turn.pause.isPaused) turn.controller.abort(new TurnStop('shutdown'));
    const waited = new AbortController();
    const graceOver = new AbortController();
    const grace = clock.sleep(graceMs, waited.signal).then(
      () => {
        graceOver.abort();
        logger.info({ turns: active.size }, 'interrupting turns for the shutdown');
        for (const turn of active.all()) turn.controller.abort(new TurnStop('shutdown'));
      },
      () => {}, // drained before the grace was over
    );
    await Promise.all([lanes.drained(), commands.drained(graceOver.signal)]);
    waited.abort();
    await grace;
    await this.#parts.lateEnds.stop();
    for (const turn of active.all()) turn.run.leave();
  }

  /** The chat may have been deleted since the surface looked it up. */
  async #explained(error: unknown, chatId: number): Promise<unknown> {
    if (!storageErrors.is(error, 'CONSTRAINT')) return error;
    const chat = await this.#parts.repositories.chats.findById(chatId);
    return chat === undefined ? sessionNotFound(error) : error;
  }

  #reservePlace(chatId: number): void {
    const { lanes } = this.#parts;
    const accepting = this.#accepting.get(chatId) ?? 0;
    if (lanes.pending(chatId).length + accepting >= this.#options.queueMaxPending) {
      throw agentErrors.create('QUEUE_FULL', 'too many waiting messages in this chat');
    }
    this.#accepting.set(chatId, accepting + 1);
  }

  #releasePlace(chatId: number): void {
    const accepting = (this.#accepting.get(chatId) ?? 1) - 1;
    if (accepting === 0) this.#accepting.delete(chatId);
    else this.#accepting.set(chatId, accepting);
  }

  #activateFresh(request: TurnRequest, item: InboxItem, headStart: HeadStart | undefined): ActiveTurn {
    const { chat, actor } = request;
    return this.#activate({ item, chat, actor, resumeCount: 0, wasWaiting: false }, headStart);
  }

  #activate(recovered: RecoveredTurn, headStart?: HeadStart): ActiveTurn {
    const { item } = recovered;
    const run = this.#parts.registry.create({
      runId: item.runId,
      chatId: item.chatId,
      sessionKey: item.sessionKey,
      actorId: item.actorId,
      baseSeq: recovered.resumeCount * RESUME_SEQ_STEP,
    });
    const controller = new AbortController();
    const turn: ActiveTurn = { ...recovered, run, controller, pause: new TurnPause(), headStart };
    this.#parts.active.add(turn);
    if (this.#stopping) run.leave(); // stored while the service stopped: the next process runs it
    return turn;
  }

  #enqueue(turn: ActiveTurn): void {
    this.#parts.lanes.enqueue(turn.chat.chatId, turn);
  }

  /** Runs the turn in the lane that was held for it, else when its chat has time. */
  #run(turn: ActiveTurn, lane: HeldLane<ActiveTurn> | undefined): void {
    if (lane === undefined) this.#enqueue(turn);
    else if (this.#stopping)
      lane.leave(); // the next process runs it
    else lane.run(turn);
  }

  /** Ends a turn that does not run. */
  async #end(turn: ActiveTurn, outcome: TurnOutcome): Promise<void> {
    try {
      await this.#parts.recorder.close(turn, outcome, { inTranscript: true });
    } catch (error) {
      if (!this.#parts.lateEnds.keep(turn, outcome, error, { inTranscript: true })) throw error;
    } finally {
      publishEnd(turn, outcome);
      this.#parts.active.release(turn);
    }
  }
}

async function* iterate(events: readonly TerminalEvent[]): AsyncGenerator<TerminalEvent, void, void> {
  yield* events;
}
