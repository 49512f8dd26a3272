/**
 * Runs one accepted request from its claim to its terminal event.
 *
 * Invariants: every turn ends with exactly one terminal event, published after its end was committed, or, when that is
 * impossible for now, was handed to `LateEnds`; a turn that is stopped for a shutdown is left as it is, so that the
 * next process continues it; nothing here throws.
 */
import type { Clock } from '../../core/clock.ts';
import type { IdSource } from '../../core/ids.ts';
import type { Logger } from '../../observability/logger.ts';
import { storageErrors } from '../../storage/errors.ts';
import type { Repositories } from '../../storage/repositories/repositories.ts';
import type { Lease } from '../../storage/repositories/turn-repository.ts';
import type { ToolExecutor } from '../../tools/executor-port.ts';
import type { AgentOptions } from '../agent-options.ts';
import type { Compactor } from '../compaction/compactor.ts';
import { agentErrors } from '../errors.ts';
import type { OutputGuardrail } from '../guardrails/output-guardrail.ts';
import type { PlanMode, PlanStance } from '../plan-mode/plan-mode.ts';
import { PLAN_APPROVED } from '../plan-mode/plan-texts.ts';
import type { PromptBuilder, SystemPrompt } from '../prompt/prompt-builder.ts';
import type { TurnHooksPort } from '../turn-hooks-port.ts';
import { TurnStop } from '../turn-stop.ts';
import type { ActiveTurn } from './active-turn.ts';
import type { Conversation } from './conversation.ts';
import type { ConversationLoader } from './conversation-loader.ts';
import { RESUME_NOTE, RESUMED_PREFIX, uncertainText } from './fixed-texts.ts';
import { closingBlocks, inspectInterruptedBatch } from './interrupted-batch.ts';
import type { LateEnds } from './late-ends.ts';
import { TurnDeadline } from './turn-deadline.ts';
import { abortedOutcome, classifyFailure, errorOutcome } from './turn-failure.ts';
import type { LoopResult, TurnLoop } from './turn-loop.ts';
import { TurnProgress } from './turn-progress.ts';
import type { TurnOutcome, TurnRecorder } from './turn-recorder.ts';
import { untilAborted } from './until-aborted.ts';

export interface TurnRunnerParts {
  readonly repositories: Repositories;
  readonly loader: ConversationLoader;
  readonly recorder: TurnRecorder;
  readonly compactor: Compactor;
  readonly loop: TurnLoop;
  readonly hooks: TurnHooksPort;
  readonly guardrail: OutputGuardrail;
  readonly prompt: PromptBuilder;
  readonly plans: PlanMode;
  readonly executor: ToolExecutor;
  readonly lateEnds: LateEnds;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  /** The lease a claimed request is held under, from now on. */
  readonly lease: () => Lease;
}

export type TurnRunnerOptions = Pick<AgentOptions, 'turnTimeoutMs' | 'toolRepeatWindow' | 'toolRepeatLimit'>;

/** What has been loaded by the time something fails. */
interface Opened {
  conversation: Conversation | undefined;
  progress: TurnProgress | undefined;
  stance: PlanStance;
}

export class TurnRunner {
  readonly #parts: TurnRunnerParts;
  readonly #options: TurnRunnerOptions;

  constructor(parts: TurnRunnerParts, options: TurnRunnerOptions) {
    this.#parts = parts;
    this.#options = options;
  }

  /** Resolves when the turn has ended or was left for the next process. */
  async run(turn: ActiveTurn): Promise<void> {
    const opened: Opened = { conversation: undefined, progress: undefined, stance: this.#stanceOf(turn) };
    const deadline = new TurnDeadline(this.#options.turnTimeoutMs, this.#parts.clock, () =>
      turn.controller.abort(new TurnStop('deadline')),
    );
    const detach = turn.pause.attach(deadline);
    try {
      const result =
        turn.resumeCount === 0 ? await this.#runFresh(turn, opened) : await this.#runResumed(turn, opened);
      const text = await this.#finish(turn, opened, result);
      this.#parts.hooks.afterTurn({
        chat: turn.chat,
        iterations: opened.progress?.iteration ?? 0,
        toolsUsed: [...(opened.progress?.toolsUsed ?? [])],
        response: text,
      });
    } catch (error) {
      await this.#fail(turn, opened, error);
    } finally {
      detach();
      deadline.stop();
    }
  }

  #stanceOf({ item, actor }: ActiveTurn): PlanStance {
    const { chatId, content, acceptedAt } = item;
    return this.#parts.plans.stanceOf({ chatId, content, acceptedAt, actorKind: actor.kind });
  }

  /** Stores and publishes the answer; that of a turn which planned waits for approval from now on. */
  async #finish(turn: ActiveTurn, opened: Opened, { text, entries, extra }: LoopResult): Promise<string> {
    const { plans, clock } = this.#parts;
    const { chatId } = turn.chat;
    const visible = this.#visible(turn, text);
    const isPlan = opened.stance === 'planning' && plans.isPlanning(chatId) && plans.canPlan(turn.actor.kind);
    const shown = isPlan ? `${visible}\n\n${plans.footer()}` : visible;
    const nowMs = clock.now();
    const outcome: TurnOutcome = {
      state: 'done',
      response: shown,
      transcript: shown,
      entries,
      extra: isPlan ? [...extra, ...plans.givenStatements(chatId, nowMs)] : extra,
    };
    await this.#store(turn, opened, outcome);
    if (isPlan) plans.noteGiven(chatId, nowMs);
    publishEnd(turn, outcome);
    return shown;
  }

  /** The answer as people may see it. */
  #visible(turn: ActiveTurn, text: string): string {
    const { guardrail, logger } = this.#parts;
    const checked = guardrail.check(text);
    if (checked !== text) logger.warn({ runId: turn.item.runId }, 'output guardrail changed an answer');
    return checked;
  }

  /** Ends an interrupted turn that is not continued. The user is told, also which calls are in doubt. */
  async giveUp(turn: ActiveTurn): Promise<void> {
    const outcome = errorOutcome(
      agentErrors.create('EXPIRED', 'This request was interrupted by a restart and could not be finished.'),
    );
    try {
      await this.#closeInterrupted(turn, outcome);
    } catch (error) {
      const fields = { err: error, runId: turn.item.runId };
      this.#parts.logger.error(fields, 'the end of an interrupted turn could not be stored');
      this.#parts.lateEnds.keep(turn, outcome, error, { inTranscript: true });
    }
    publishEnd(turn, outcome);
  }

  /** Gives every call of the session its result, as far as it is known, together with the end. */
  async #closeInterrupted(turn: ActiveTurn, outcome: TurnOutcome): Promise<void> {
    const { loader, recorder, repositories, executor } = this.#parts;
    const { conversation } = await loader.load(turn);
    if (standingOf(turn, conversation) !== 'newest') {
      await recorder.close(turn, outcome, { inTranscript: true });
      return;
    }
    const records = await repositories.toolCalls.listByRuns([turn.item.runId]);
    const batch = inspectInterruptedBatch(conversation, records, executor);
    const doubt = batch.kind === 'uncertain' ? uncertainText(batch.doubtful) : '';
    await recorder.finish(turn, conversation, {
      ...outcome,
      transcript: doubt === '' ? outcome.transcript : `${outcome.transcript}\n\n${doubt}`,
      entries:
        batch.kind === 'none' ? [] : [{ role: 'user', kind: 'tool_results', content: closingBlocks(batch) }],
    });
  }

  async #runFresh(turn: ActiveTurn, opened: Opened): Promise<LoopResult> {
    turn.controller.signal.throwIfAborted();
    // The prompt's files are read while the database works. Whatever fails, both have ended before the turn does.
    const begun = this.#begin(turn, opened);
    const system = this.#promptOf(turn, opened.stance);
    await Promise.allSettled([begun, system]);
    const { conversation, progress } = await begun;
    await this.#parts.compactor.beforeTurn(turn, conversation);
    return this.#loop(turn, conversation, progress, { system: await system, stance: opened.stance });
  }

  async #begin(turn: ActiveTurn, opened: Opened) {
    const conversation = await (turn.headStart?.conversation ?? this.#beginStored(turn, opened.stance));
    opened.conversation = conversation;
    const progress = this.#newProgress(conversation);
    opened.progress = progress;
    turn.run.publish({ kind: 'started' });
    return { conversation, progress };
  }

  async #beginStored(turn: ActiveTurn, stance: PlanStance): Promise<Conversation> {
    const { loader, recorder, lease, plans } = this.#parts;
    const { chatId } = turn.chat;
    const isApproved = stance === 'approved';
    const { conversation, opening } = await loader.load(turn, isApproved ? PLAN_APPROVED : undefined);
    // "The plan above" must be the one that a person saw: what strangers start ends its wait.
    const dropsPlan = stance === 'planning' && !plans.canPlan(turn.actor.kind);
    const extra = [
      ...(isApproved ? plans.approvalStatements(chatId) : []),
      ...(dropsPlan ? plans.dropStatements(chatId) : []),
    ];
    await recorder.begin(turn, conversation, opening, lease(), extra);
    if (isApproved) plans.noteApproved(chatId);
    if (dropsPlan) plans.noteDropped(chatId);
    return conversation;
  }

  #newProgress(conversation: Conversation): TurnProgress {
    const { toolRepeatWindow: window, toolRepeatLimit: limit } = this.#options;
    return new TurnProgress(conversation, { window, limit });
  }

  async #runResumed(turn: ActiveTurn, opened: Opened): Promise<LoopResult> {
    const { loader, recorder, repositories, executor, lease } = this.#parts;
    await repositories.turns.resume(turn.item.runId, lease(), turn.wasWaiting);
    const { conversation } = await loader.load(turn);
    const standing = standingOf(turn, conversation);
    if (standing === 'reset') throw new TurnStop('gone');
    const progress = this.#newProgress(conversation);
    opened.conversation = conversation;
    opened.progress = progress;
    if (standing === 'overtaken') throw overtakenError();
    const records = await repositories.toolCalls.listByRuns([turn.item.runId]);
    for (const record of records) progress.usedToolIds.add(record.toolUseId);
    progress.nextOrdinal = records.length;
    progress.iteration = (await repositories.turns.find(turn.item.runId))?.iteration ?? 0;
    turn.run.publish({ kind: 'started' });
    const batch = inspectInterruptedBatch(conversation, records, executor);
    if (batch.kind === 'uncertain') return this.#askAboutDoubt(batch.blocks, uncertainText(batch.doubtful));
    if (batch.kind === 'resumable') await this.#parts.loop.finishBatch(turn, conversation, progress, batch);
    if (records.length > 0) {
      await recorder.append(turn, conversation, {
        entries: [{ role: 'user', kind: 'note', content: [{ type: 'text', text: RESUME_NOTE }] }],
        phase: 'ready_for_llm',
        iteration: progress.iteration,
      });
    }
    const { stance } = opened;
    const system = await this.#buildPrompt(turn, stance);
    const result = await this.#loop(turn, conversation, progress, { system, stance });
    return { ...result, text: `${RESUMED_PREFIX}${result.text}` };
  }

  #askAboutDoubt(blocks: LoopResult['entries'][number]['content'], text: string): LoopResult {
    return {
      text,
      entries: [
        { role: 'user', kind: 'tool_results', content: blocks },
        { role: 'assistant', kind: 'message', content: [{ type: 'text', text }] },
      ],
      extra: [],
    };
  }

  /** The chat may plan only since the turn began. */
  #promptOf(turn: ActiveTurn, stance: PlanStance): Promise<SystemPrompt> {
    const { headStart, controller } = turn;
    if (headStart === undefined || stance !== 'acting') return this.#buildPrompt(turn, stance);
    return untilAborted(controller.signal, headStart.system);
  }

  #buildPrompt(turn: ActiveTurn, stance: PlanStance): Promise<SystemPrompt> {
    const { prompt, clock } = this.#parts;
    const isPlanning = stance === 'planning';
    const context = { chat: turn.chat, nowMs: clock.now(), isPlanning };
    return untilAborted(turn.controller.signal, prompt.build(context));
  }

  async #loop(
    turn: ActiveTurn,
    conversation: Conversation,
    progress: TurnProgress,
    { system, stance }: { readonly system: SystemPrompt; readonly stance: PlanStance },
  ): Promise<LoopResult> {
    const { executor, loop } = this.#parts;
    const tools = executor.definitions(stance === 'planning' ? 'read_only' : 'all');
    return loop.run(turn, conversation, progress, { system, tools });
  }

  async #store(turn: ActiveTurn, opened: Opened, outcome: TurnOutcome): Promise<void> {
    const { conversation } = opened;
    if (conversation === undefined) await this.#parts.recorder.close(turn, outcome, { inTranscript: true });
    else await this.#parts.recorder.finish(turn, conversation, outcome);
  }

  async #fail(turn: ActiveTurn, opened: Opened, error: unknown): Promise<void> {
    const { logger, ids, recorder, lateEnds } = this.#parts;
    const failure = classifyFailure(turn, error, {
      partialText: opened.progress?.partialText ?? '',
      partialInSession: opened.progress?.partialInSession ?? false,
      logger,
      ids,
    });
    if (failure.kind === 'interrupted') {
      logger.info({ runId: turn.item.runId }, 'turn left for the next start');
      return;
    }
    try {
      if (failure.kind === 'ended') await this.#storeUnlessReset(turn, opened, failure.outcome);
      else await recorder.close(turn, failure.outcome, { inTranscript: false });
    } catch (closeError) {
      const fields = { err: closeError, runId: turn.item.runId };
      // The chat was deleted with the turn's row: there is nothing left to end. Otherwise the row stays unfinished
      // until it can be written, or until recovery ends it at the next start. Observers are told in each case.
      if (storageErrors.is(closeError, 'CONFLICT'))
        logger.info(fields, 'a turn ended after its chat was deleted');
      else logger.error(fields, 'the end of a turn could not be stored');
      const inTranscript = failure.kind === 'ended';
      lateEnds.keep(turn, failure.outcome, closeError, { inTranscript });
    }
    publishEnd(turn, failure.outcome);
  }

  /** A session that was reset while the turn ran takes nothing more; the turn itself has to end all the same. */
  async #storeUnlessReset(turn: ActiveTurn, opened: Opened, outcome: TurnOutcome): Promise<void> {
    try {
      await this.#store(turn, opened, outcome);
    } catch (error) {
      if (!storageErrors.is(error, 'CONFLICT')) throw error;
      await this.#parts.recorder.close(turn, outcome, { inTranscript: false });
    }
  }
}

/**
 * What a restart finds of a running turn in its session: `newest`: its entries are the last ones; `reset`: none of them
 * is left; `overtaken`: the end of the turn could not be stored at the time and the chat went on without it.
 */
function standingOf(turn: ActiveTurn, conversation: Conversation): 'newest' | 'reset' | 'overtaken' {
  const { runId } = turn.item;
  if (conversation.entries.at(-1)?.runId === runId) return 'newest';
  return conversation.entries.some((entry) => entry.runId === runId) ? 'overtaken' : 'reset';
}

function overtakenError() {
  return agentErrors.create(
    'EXPIRED',
    'This request could not be finished and the conversation has gone on since.',
  );
}

/** The terminal event of an outcome. */
export function publishEnd(turn: Pick<ActiveTurn, 'run'>, outcome: TurnOutcome): void {
  switch (outcome.state) {
    case 'done':
      turn.run.publish({ kind: 'done', response: outcome.response ?? '' });
      return;
    case 'error':
      turn.run.publish({
        kind: 'error',
        message: outcome.error?.message ?? 'unknown error',
        code: outcome.error?.code ?? 'MC_AGENT_INTERNAL',
        hint: outcome.error?.hint ?? null,
      });
      return;
    case 'aborted':
      turn.run.publish({ kind: 'aborted', text: outcome.response });
      return;
    default:
      outcome.state satisfies never;
  }
}

/** The outcome of a request that was stopped before it began. */
export function stoppedInQueue(): TurnOutcome {
  return { ...abortedOutcome(''), entries: [] };
}
