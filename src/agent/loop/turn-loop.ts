/**
 * The agent loop: ask the model, run its tools, give it the results, until it answers (agent-runtime §5).
 *
 * Invariants: every assistant message and every batch of results is committed before the next step; a stop, a deadline
 * or a failure leaves a session in which every call has a result; the loop itself decides nothing about delivery.
 */
import type { IdSource } from '../../core/ids.ts';
import { llmErrors } from '../../llm/errors.ts';
import type { ContentBlock, TextBlock, ToolResultBlock } from '../../llm/message.ts';
import { textOf } from '../../llm/message.ts';
import type { ModelRequest, ModelResponse } from '../../llm/model-port.ts';
import type { WriteStatement } from '../../storage/storage.ts';
import type { ToolCall } from '../../tools/tool-call.ts';
import type { Compactor } from '../compaction/compactor.ts';
import { iterationBudgetNotice } from '../guardrails/iteration-budget.ts';
import type { SystemPrompt } from '../prompt/prompt-builder.ts';
import type { TurnHooksPort } from '../turn-hooks-port.ts';
import { isShuttingDown } from '../turn-stop.ts';
import { visibleText } from '../visible-text.ts';
import type { ActiveTurn } from './active-turn.ts';
import type { Conversation } from './conversation.ts';
import type { EntryDraft } from './entry-draft.ts';
import {
  CUT_OFF_NOTICE,
  EMPTY_REPLY_GUARD,
  EMPTY_REPLY_TEXT,
  IDENTICAL_CALLS_TEXT,
  iterationLimitText,
  OUTPUT_LIMIT_TEXT,
  REFUSAL_TEXT,
} from './fixed-texts.ts';
import type { FollowUps } from './follow-ups.ts';
import type { ModelStep } from './model-step.ts';
import type { ToolStep } from './tool-step.ts';
import type { TurnProgress } from './turn-progress.ts';
import type { TurnRecorder } from './turn-recorder.ts';
import { toolCallsOf, withUniqueToolIds } from './unique-tool-ids.ts';

/** How the loop ended: the answer, and what has to be committed with it. */
export interface LoopResult {
  readonly text: string;
  readonly entries: readonly EntryDraft[];
  readonly extra: readonly WriteStatement[];
}

/** What is the same for every request of a turn. */
interface TurnPrompt {
  readonly system: SystemPrompt;
  readonly tools: ModelRequest['tools'];
}

export interface TurnLoopParts {
  readonly modelStep: ModelStep;
  readonly toolStep: ToolStep;
  readonly recorder: TurnRecorder;
  readonly compactor: Compactor;
  readonly followUps: FollowUps;
  readonly hooks: TurnHooksPort;
  readonly ids: IdSource;
}

export interface TurnLoopOptions {
  readonly maxToolIterations: number;
  readonly showThinking: boolean;
}

export class TurnLoop {
  readonly #parts: TurnLoopParts;
  readonly #options: TurnLoopOptions;

  constructor(parts: TurnLoopParts, options: TurnLoopOptions) {
    this.#parts = parts;
    this.#options = options;
  }

  /** Rejects with the signal's `TurnStop` when the turn is stopped, and with the failure of model or storage. */
  async run(
    turn: ActiveTurn,
    conversation: Conversation,
    progress: TurnProgress,
    prompt: TurnPrompt,
  ): Promise<LoopResult> {
    const { compactor, hooks } = this.#parts;
    let { system } = prompt;
    while (progress.iteration < this.#options.maxToolIterations) {
      turn.controller.signal.throwIfAborted();
      progress.iteration += 1;
      await compactor.relievePressure(turn, conversation);
      turn.run.publish({ kind: 'iteration', iteration: progress.iteration });
      const decision = await hooks.beforeModelCall({
        chat: turn.chat,
        iteration: progress.iteration,
        system,
        messageCount: conversation.length,
        toolCount: prompt.tools.length,
        signal: turn.controller.signal,
      });
      if (decision.kind === 'blocked') return answerOf(decision.reason);
      system = decision.system;
      const response = await this.#ask(turn, conversation, progress, { ...prompt, system });
      const content = withUniqueToolIds(response.content, progress.usedToolIds, this.#parts.ids);
      const calls = toolCallsOf(content);
      const result =
        calls.length > 0
          ? await this.#runTools(turn, conversation, progress, { response, content, calls })
          : await this.#answer(turn, conversation, progress, { response, content });
      if (result !== undefined) return result;
    }
    return answerOf(iterationLimitText(this.#options.maxToolIterations));
  }

  /**
   * Finishes a batch of calls: runs what is not known yet, appends the results. Also used to continue after a restart.
   * Rejects with the `TurnStop` when the turn was stopped meanwhile (the results are committed first).
   */
  async finishBatch(
    turn: ActiveTurn,
    conversation: Conversation,
    progress: TurnProgress,
    batch: { readonly calls: readonly ToolCall[]; readonly known?: ReadonlyMap<string, ToolResultBlock> },
  ): Promise<void> {
    const { toolStep, recorder, followUps } = this.#parts;
    const { blocks, interrupted } = await toolStep.run(turn, batch.calls, progress, batch.known);
    // The next process finishes the batch: what is recorded is used, what never began runs, what is in doubt is asked.
    if (interrupted && isShuttingDown(turn.controller.signal)) turn.controller.signal.throwIfAborted();
    const folded = interrupted ? undefined : followUps.take(turn);
    const notice = iterationBudgetNotice(progress.iteration, this.#options.maxToolIterations);
    const content: ContentBlock[] = [...blocks];
    for (const text of [notice, folded?.text]) if (text !== undefined) content.push({ type: 'text', text });
    try {
      await recorder.append(turn, conversation, {
        entries: [{ role: 'user', kind: 'tool_results', content }],
        phase: 'ready_for_llm',
        iteration: progress.iteration,
        extra: folded?.statements ?? [],
      });
    } catch (error) {
      folded?.restore();
      throw error;
    }
    folded?.announce();
    if (interrupted) turn.controller.signal.throwIfAborted();
  }

  /** Asks; when the input is too long, again after compaction, and a last time after shortening what is sent. */
  async #ask(
    turn: ActiveTurn,
    conversation: Conversation,
    progress: TurnProgress,
    prompt: TurnPrompt,
  ): Promise<ModelResponse> {
    const { compactor, modelStep } = this.#parts;
    const ask = () => modelStep.ask(turn, conversation, progress, prompt);
    const first = await unlessTooLong(ask());
    if (first.kind === 'answered') return first.response;
    if (await compactor.compact(turn, conversation)) {
      const second = await unlessTooLong(ask());
      if (second.kind === 'answered') return second.response;
    }
    if (!compactor.shortenAfterOverflow(turn, conversation)) throw first.error;
    return ask();
  }

  async #runTools(
    turn: ActiveTurn,
    conversation: Conversation,
    progress: TurnProgress,
    answer: {
      readonly response: ModelResponse;
      readonly content: readonly ContentBlock[];
      readonly calls: readonly ToolCall[];
    },
  ): Promise<LoopResult | undefined> {
    const { recorder } = this.#parts;
    for (const call of answer.calls) progress.toolsUsed.add(call.name);
    const usage = recorder.usage(turn, answer.response, 'agent_loop');
    if (progress.guard.noteAnswer(answer.calls)) {
      const spoken = answer.content.filter((block) => block.type === 'text');
      return { ...answerOf(IDENTICAL_CALLS_TEXT, spoken), extra: usage };
    }
    await recorder.append(turn, conversation, {
      entries: [{ role: 'assistant', kind: 'message', content: answer.content }],
      phase: 'executing_tools',
      iteration: progress.iteration,
      extra: usage,
    });
    progress.partialInSession = true;
    await this.finishBatch(turn, conversation, progress, { calls: answer.calls });
    return undefined;
  }

  /** The final answer, or `undefined` when the model was asked once more because nothing was visible. */
  async #answer(
    turn: ActiveTurn,
    conversation: Conversation,
    progress: TurnProgress,
    answer: { readonly response: ModelResponse; readonly content: readonly ContentBlock[] },
  ): Promise<LoopResult | undefined> {
    const { recorder } = this.#parts;
    const { stopReason } = answer.response;
    const content = answer.content.filter((block) => !isBlankText(block));
    const text = visibleText(textOf({ role: 'assistant', content }), this.#options.showThinking);
    const extra = recorder.usage(turn, answer.response, 'agent_loop');
    if (text !== '') {
      if (stopReason === 'max_tokens')
        turn.run.publish({ kind: 'notice', code: 'output_limit', message: CUT_OFF_NOTICE });
      return { text, entries: [{ role: 'assistant', kind: 'message', content }], extra };
    }
    if (stopReason === 'refusal') return { ...answerOf(REFUSAL_TEXT), extra };
    if (stopReason === 'max_tokens') return { ...answerOf(OUTPUT_LIMIT_TEXT), extra };
    if (progress.emptyReplyGuardUsed) return { ...answerOf(EMPTY_REPLY_TEXT), extra };
    progress.emptyReplyGuardUsed = true;
    const draft: EntryDraft[] = content.length === 0 ? [] : [{ role: 'assistant', kind: 'message', content }];
    await recorder.append(turn, conversation, {
      entries: [
        ...draft,
        { role: 'user', kind: 'note', content: [{ type: 'text', text: EMPTY_REPLY_GUARD }] },
      ],
      phase: 'ready_for_llm',
      iteration: progress.iteration,
      extra,
    });
    return undefined;
  }
}

type Attempt =
  | { readonly kind: 'answered'; readonly response: ModelResponse }
  | { readonly kind: 'too_long'; readonly error: unknown };

async function unlessTooLong(asking: Promise<ModelResponse>): Promise<Attempt> {
  try {
    return { kind: 'answered', response: await asking };
  } catch (error) {
    if (!llmErrors.is(error, 'CONTEXT_OVERFLOW')) throw error;
    return { kind: 'too_long', error };
  }
}

/** An answer the runtime gives in the model's place. */
function answerOf(text: string, before: readonly ContentBlock[] = []): LoopResult {
  const content: ContentBlock[] = [...before, { type: 'text', text }];
  return { text, entries: [{ role: 'assistant', kind: 'message', content }], extra: [] };
}

function isBlankText(block: ContentBlock): block is TextBlock {
  return block.type === 'text' && block.text.trim() === '';
}
