/** A `ModelPort` in the same process whose answers a test scripts; for tests of the agent without HTTP. */
import type { JsonObject } from '../../src/core/json.ts';
import type { ContentBlock } from '../../src/llm/message.ts';
import type {
  ModelPort,
  ModelRequest,
  ModelResponse,
  ModelStreamEvent,
  StopReason,
} from '../../src/llm/model-port.ts';

export type ModelAnswer = (
  request: ModelRequest,
  onEvent: (event: ModelStreamEvent) => void,
  signal: AbortSignal,
) => Promise<ModelResponse>;

export class ScriptedModel implements ModelPort {
  readonly requests: ModelRequest[] = [];
  readonly #answers: ModelAnswer[] = [];
  /** Used when the script is at its end. */
  fallback: ModelAnswer = answerText('ok');

  enqueue(...answers: readonly ModelAnswer[]): void {
    this.#answers.push(...answers);
  }

  generate(
    request: ModelRequest,
    onEvent: (event: ModelStreamEvent) => void,
    signal: AbortSignal,
  ): Promise<ModelResponse> {
    this.requests.push(request);
    return (this.#answers.shift() ?? this.fallback)(request, onEvent, signal);
  }

  describe() {
    return { provider: 'scripted', model: 'script', offline: false };
  }

  profiles() {
    return [];
  }

  health() {
    return { totalFallbacks: 0, consecutiveFailures: 0, breakerOpen: false, lastFailureEpochMs: null };
  }

  /** Everything the newest request sent, as text to search in. */
  lastRequestText(): string {
    return JSON.stringify(this.requests.at(-1));
  }
}

export function response(
  content: readonly ContentBlock[],
  stopReason: StopReason = 'end_turn',
  inputTokens = 10,
): ModelResponse {
  return {
    content,
    stopReason,
    usage: { inputTokens, outputTokens: 5, cacheReadTokens: 0, cacheWriteTokens: 0 },
    provider: 'scripted',
    model: 'script',
    costMicroUsd: undefined,
    durationMs: 1,
    firstDeltaMs: 1,
  };
}

export function answerText(text: string, stopReason: StopReason = 'end_turn', inputTokens = 10): ModelAnswer {
  return async (_request, onEvent) => {
    if (text !== '') onEvent({ kind: 'text_delta', text });
    return response(text === '' ? [] : [{ type: 'text', text }], stopReason, inputTokens);
  };
}

export function answerCalls(
  ...calls: readonly { readonly id: string; readonly name: string; readonly input?: JsonObject }[]
): ModelAnswer {
  return async () =>
    response(
      calls.map(({ id, name, input }) => ({ type: 'tool_use', id, name, input: input ?? {} })),
      'tool_use',
    );
}

export function answerFailure(error: unknown): ModelAnswer {
  return async () => {
    throw error;
  };
}

/** Waits until the signal is aborted, after saying `text`. */
export function answerNever(text = ''): ModelAnswer {
  return (_request, onEvent, signal) =>
    new Promise((_resolve, reject) => {
      if (text !== '') onEvent({ kind: 'text_delta', text });
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
}
