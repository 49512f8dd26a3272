/** A model service in front of the fake model, with a clock that does not wait: for tests of the model layer. */
import type { Clock } from '../../../src/core/clock.ts';
import { DEFAULT_LLM_OPTIONS, type LlmOptions } from '../../../src/llm/llm-options.ts';
import type { ModelRequest, ModelResponse, ModelStreamEvent } from '../../../src/llm/model-port.ts';
import { ModelService, type ModelServiceDeps } from '../../../src/llm/model-service.ts';
import type { AttemptFailure } from '../../../src/llm/resilience/chain-runner.ts';
import type { FakeModelServer } from './fake-model-server.ts';
import type { FakeProtocol } from './recorded-request.ts';

export const MODEL_REQUEST: ModelRequest = {
  requestKind: 'agent_loop',
  system: [{ text: 'You are a test.', stable: true }],
  messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
  tools: [],
  thinking: 'off',
};

/** Options that reach the fake model with one wire format, as profile `main-<protocol>`. */
export function fakeModelOptions(
  server: FakeModelServer,
  protocol: FakeProtocol,
  changes: Partial<LlmOptions> = {},
): LlmOptions {
  const base = {
    ...DEFAULT_LLM_OPTIONS,
    provider: 'fake',
    apiKey: 'k1',
    model: 'fake-model',
    baseUrl: protocol === 'anthropic' ? server.url : server.openAiUrl,
    profiles: { fake: { provider: protocol === 'anthropic' ? 'anthropic' : 'custom', protocol } },
  };
  return { ...base, ...changes };
}

/** Real time, except that sleeping takes none and is written down. */
class ImpatientClock implements Clock {
  readonly sleeps: number[] = [];

  now(): number {
    return Date.now();
  }

  monotonic(): number {
    return performance.now();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.sleeps.push(ms);
    return Promise.resolve();
  }
}

/** One service with everything it did. */
export class ModelHarness {
  readonly clock = new ImpatientClock();
  readonly failures: AttemptFailure[] = [];
  readonly events: ModelStreamEvent[] = [];
  readonly service: ModelService;

  constructor(options: LlmOptions, deps: Partial<ModelServiceDeps> = {}) {
    this.service = new ModelService({
      options,
      extraProviders: {},
      clock: this.clock,
      random: () => 0.5,
      onAttemptFailed: (failure) => this.failures.push(failure),
      ...deps,
    });
  }

  generate(changes: Partial<ModelRequest> = {}, signal?: AbortSignal): Promise<ModelResponse> {
    return this.service.generate(
      { ...MODEL_REQUEST, ...changes },
      (event) => this.events.push(event),
      signal ?? new AbortController().signal,
    );
  }

  /** Text deltas joined: what a user saw. */
  get shownText(): string {
    return this.events.map((event) => (event.kind === 'text_delta' ? event.text : '')).join('');
  }

  kinds(): readonly string[] {
    return this.events.map((event) => event.kind);
  }
}
