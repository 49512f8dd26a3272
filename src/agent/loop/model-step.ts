/** One request to the model: builds it, forwards its stream to the run's observers, reports its usage. */
import type { ModelPort, ModelRequest, ModelResponse, ModelStreamEvent } from '../../llm/model-port.ts';
import type { OutputGuardrail } from '../guardrails/output-guardrail.ts';
import type { ModelOverrides } from '../model-overrides.ts';
import type { SystemPrompt } from '../prompt/prompt-builder.ts';
import type { ActiveTurn } from './active-turn.ts';
import { AnswerStream } from './answer-stream.ts';
import type { Conversation } from './conversation.ts';
import { type StreamPiece, ThinkTagSplitter } from './think-tag-splitter.ts';
import type { TurnProgress } from './turn-progress.ts';
import { untilAborted } from './until-aborted.ts';

export interface ModelStepOptions {
  readonly modelContextWindow: number;
  readonly showThinking: boolean;
}

export class ModelStep {
  readonly #model: ModelPort;
  readonly #overrides: ModelOverrides;
  readonly #guardrail: OutputGuardrail;
  readonly #options: ModelStepOptions;

  constructor(
    model: ModelPort,
    overrides: ModelOverrides,
    guardrail: OutputGuardrail,
    options: ModelStepOptions,
  ) {
    this.#model = model;
    this.#guardrail = guardrail;
    this.#overrides = overrides;
    this.#options = options;
  }

  /** Rejects as `ModelPort.generate` does. */
  async ask(
    turn: ActiveTurn,
    conversation: Conversation,
    progress: TurnProgress,
    prompt: { readonly system: SystemPrompt; readonly tools: ModelRequest['tools'] },
  ): Promise<ModelResponse> {
    progress.partialText = '';
    progress.partialInSession = false;
    const splitter = new ThinkTagSplitter();
    const stream = new AnswerStream(this.#guardrail, (piece) => this.#publishText(turn, progress, piece));
    // What a provider sends as thinking is never part of the answer, not even of one that was cut off.
    const thoughts = new AnswerStream(this.#guardrail, ({ text }) =>
      turn.run.publish({ kind: 'thinking', text }),
    );
    const { signal } = turn.controller;
    const generating = this.#model.generate(
      {
        requestKind: 'agent_loop',
        system: prompt.system,
        messages: conversation.toMessages(),
        tools: prompt.tools,
        thinking: this.#overrides.thinkingOf(turn.chat),
        chatId: turn.chat.chatId,
        ...this.#overrides.modelOf(turn.chat),
      },
      (event) => {
        if (signal.aborted) return; // a provider that goes on after the stop
        if (event.kind === 'text_delta') stream.push(splitter.push(event.text));
        else if (event.kind === 'thinking_delta') thoughts.push([{ kind: 'thinking', text: event.text }]);
        else publishEvent(turn, event);
      },
      signal,
    );
    const response = await untilAborted(signal, generating);
    thoughts.end();
    stream.push(splitter.flush());
    stream.end();
    this.#noteUsage(turn, conversation, response);
    return response;
  }

  #publishText(turn: ActiveTurn, progress: TurnProgress, piece: StreamPiece): void {
    if (piece.kind === 'thinking') {
      turn.run.publish({ kind: 'thinking', text: piece.text });
      if (!this.#options.showThinking) return;
    } else {
      turn.run.publish({ kind: 'delta', text: piece.text });
    }
    progress.partialText += piece.text;
  }

  #noteUsage(turn: ActiveTurn, conversation: Conversation, response: ModelResponse): void {
    const { usage } = response;
    if (usage === undefined) return;
    conversation.noteInputTokens(usage.inputTokens);
    const window = this.#options.modelContextWindow;
    turn.run.publish({
      kind: 'usage',
      usage,
      provider: response.provider,
      model: response.model,
      costMicroUsd: response.costMicroUsd ?? null,
      durationMs: Math.round(response.durationMs),
      firstDeltaMs: response.firstDeltaMs === undefined ? null : Math.round(response.firstDeltaMs),
      contextPct: Math.min(100, Math.round((usage.inputTokens * 100) / window)),
    });
  }
}

function publishEvent(
  turn: ActiveTurn,
  event: Exclude<ModelStreamEvent, { kind: 'text_delta' | 'thinking_delta' }>,
): void {
  switch (event.kind) {
    case 'tool_call_start':
      return; // the card appears when the call starts, with its arguments
    case 'retry':
      turn.run.publish({
        kind: 'notice',
        code: 'llm_retry',
        message: `The model provider did not answer (${event.reason}); trying again.`,
      });
      return;
    case 'fallback':
      turn.run.publish({
        kind: 'notice',
        code: 'llm_fallback',
        message: `Answered by ${event.provider} / ${event.model} because the configured model is not available (${event.reason}).`,
      });
      return;
    default:
      event satisfies never;
  }
}
