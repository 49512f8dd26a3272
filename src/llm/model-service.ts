/**
 * The model port of the program: chooses profile, model and fallback, runs the call, measures and prices it.
 *
 * Invariants: provider code and its libraries are loaded by the first call that needs them; events reach the caller in
 * order and never after the promise settled; a fallback is reported once per chat until the preferred model answers
 * again.
 */
import { type Clock, systemClock } from '../core/clock.ts';
import { type IdSource, systemIds } from '../core/ids.ts';
import type { LlmOptions } from './llm-options.ts';
import type {
  ModelDescription,
  ModelHealth,
  ModelPort,
  ModelProfileView,
  ModelRequest,
  ModelResponse,
  ModelStreamEvent,
} from './model-port.ts';
import {
  chosenModel,
  fallbackTarget,
  listProfiles,
  type ModelTarget,
  requireUsable,
  resolveProfile,
} from './profile.ts';
import type { Provider, ProviderEvent, ProviderRequest } from './provider.ts';
import type { AttemptFailure, ChainAnswer, ChainCall, ChainRunner } from './resilience/chain-runner.ts';
import type { ModelFetch } from './transport/model-fetch.ts';
import { costMicroUsd } from './usage-cost.ts';

export interface ModelServiceDeps {
  readonly options: LlmOptions;
  /** Providers that are not network endpoints, by provider id, e.g. `offline`. */
  readonly extraProviders: Readonly<Record<string, () => Provider>>;
  readonly clock?: Clock;
  readonly ids?: IdSource;
  /** Uniform in [0, 1); spreads retries. */
  readonly random?: () => number;
  /** Sent as `MicroClaw/<version>` unless a profile sets its own user agent. */
  readonly version?: string;
  /** Environment for proxy settings; absent means direct connections. */
  readonly proxyEnv?: Readonly<Record<string, string | undefined>>;
  /** Sees every failed attempt, for the log and metrics. `error.data` holds the redacted detail. */
  readonly onAttemptFailed?: (failure: AttemptFailure) => void;
}

/** Chats whose last reported fallback is remembered. */
const MAX_REMEMBERED_CHATS = 1000;

interface Engine {
  readonly runner: ChainRunner;
  readonly transport: ModelFetch;
}

export class ModelService implements ModelPort {
  readonly #deps: ModelServiceDeps;
  readonly #clock: Clock;
  readonly #local = new Map<string, Provider>();
  readonly #toldFallback = new Map<number, string>();
  #engine: Promise<Engine> | undefined;
  #loaded: Engine | undefined;
  #totalFallbacks = 0;
  #consecutiveFailures = 0;
  #lastFailureEpochMs: number | null = null;

  constructor(deps: ModelServiceDeps) {
    this.#deps = deps;
    this.#clock = deps.clock ?? systemClock;
  }

  async generate(
    request: ModelRequest,
    onEvent: (event: ModelStreamEvent) => void,
    signal: AbortSignal,
  ): Promise<ModelResponse> {
    signal.throwIfAborted();
    const startedAt = this.#clock.monotonic();
    const target = this.#target(request);
    let firstDeltaMs: number | undefined;
    const onDelta = (event: ProviderEvent) => {
      if (signal.aborted) return;
      firstDeltaMs ??= this.#clock.monotonic() - startedAt;
      onEvent(event);
    };
    const local = this.#localProvider(target);
    const answer =
      local === undefined
        ? await this.#runChain(request, target, onDelta, onEvent, signal)
        : {
            target,
            result: await local.stream(providerRequest(request, target, this.#deps), onDelta, signal),
          };
    return this.#respond(answer, this.#clock.monotonic() - startedAt, firstDeltaMs);
  }

  describe(overrides: { readonly providerAlias?: string; readonly model?: string } = {}): ModelDescription {
    const { profile, model } = this.#target(overrides);
    return { provider: profile.alias, model, offline: this.#isLocal(profile.providerId) };
  }

  profiles(): readonly ModelProfileView[] {
    return listProfiles(this.#deps.options).map((profile) => ({
      alias: profile.alias,
      provider: profile.providerId,
      defaultModel: profile.defaultModel,
      models: profile.models,
    }));
  }

  health(): ModelHealth {
    return {
      totalFallbacks: this.#totalFallbacks,
      consecutiveFailures: this.#consecutiveFailures,
      breakerOpen: this.#loaded?.runner.breakers.anyOpen() ?? false,
      lastFailureEpochMs: this.#lastFailureEpochMs,
    };
  }

  /** Closes pooled connections; running calls end with an error. */
  stop(): void {
    this.#loaded?.transport.close();
  }

  #target(choice: { readonly providerAlias?: string; readonly model?: string }): ModelTarget {
    const profile = resolveProfile(this.#deps.options, choice.providerAlias);
    return { profile, model: chosenModel(choice.model) ?? profile.defaultModel };
  }

  #isLocal(providerId: string): boolean {
    return Object.hasOwn(this.#deps.extraProviders, providerId);
  }

  #localProvider(target: ModelTarget): Provider | undefined {
    const id = target.profile.providerId;
    const known = this.#local.get(id);
    if (known !== undefined || !this.#isLocal(id)) return known;
    const created = this.#deps.extraProviders[id]?.();
    if (created !== undefined) this.#local.set(id, created);
    return created;
  }

  async #runChain(
    request: ModelRequest,
    target: ModelTarget,
    onDelta: (event: ProviderEvent) => void,
    onEvent: (event: ModelStreamEvent) => void,
    signal: AbortSignal,
  ): Promise<ChainAnswer> {
    requireUsable(target.profile);
    const fallback = fallbackTarget(this.#deps.options, target);
    const { runner } = await this.#load();
    const call: ChainCall = {
      targets: fallback === undefined ? [target] : [target, fallback],
      request: providerRequest(request, target, this.#deps),
      onDelta,
      onChange: onEvent,
      onFallback: (next, reason) => {
        this.#totalFallbacks += 1;
        if (this.#tellsFallback(request.chatId, next)) {
          onEvent({ kind: 'fallback', provider: next.profile.alias, model: next.model, reason });
        }
      },
      signal,
    };
    const answer = await runner.run(call);
    this.#consecutiveFailures = 0;
    if (answer.target === target && request.chatId !== undefined) this.#toldFallback.delete(request.chatId);
    return answer;
  }

  #tellsFallback(chatId: number | undefined, target: ModelTarget): boolean {
    if (chatId === undefined) return true;
    const label = `${target.profile.alias}/${target.model}`;
    if (this.#toldFallback.get(chatId) === label) return false;
    const oldest = this.#toldFallback.keys().next();
    if (this.#toldFallback.size >= MAX_REMEMBERED_CHATS && oldest.done !== true) {
      this.#toldFallback.delete(oldest.value);
    }
    this.#toldFallback.set(chatId, label);
    return true;
  }

  #load(): Promise<Engine> {
    this.#engine ??= this.#start();
    return this.#engine;
  }

  async #start(): Promise<Engine> {
    const [{ ChainRunner }, { createModelFetch }, { openProvider }] = await Promise.all([
      import('./resilience/chain-runner.ts'),
      import('./transport/model-fetch.ts'),
      import('./providers/open-provider.ts'),
    ]);
    const { options, proxyEnv } = this.#deps;
    const transport = createModelFetch({
      connectTimeoutMs: options.timeouts.connectMs,
      ...(proxyEnv === undefined ? {} : { proxyEnv }),
    });
    const seat = {
      options,
      userAgent: `MicroClaw/${this.#deps.version ?? '1.0'}`,
      fetch: transport.fetch,
      clock: this.#clock,
      ids: this.#deps.ids ?? systemIds,
    };
    const runner = new ChainRunner({
      options,
      clock: this.#clock,
      random: this.#deps.random ?? Math.random,
      open: async (profile, apiKey) => {
        requireUsable(profile);
        return openProvider({ ...seat, profile, apiKey });
      },
      onAttemptFailed: (failure) => this.#noteFailure(failure),
    });
    this.#loaded = { runner, transport };
    return this.#loaded;
  }

  #noteFailure(failure: AttemptFailure): void {
    this.#consecutiveFailures += 1;
    this.#lastFailureEpochMs = this.#clock.now();
    this.#deps.onAttemptFailed?.(failure);
  }

  #respond(answer: ChainAnswer, durationMs: number, firstDeltaMs: number | undefined): ModelResponse {
    const { result, target } = answer;
    const { options } = this.#deps;
    const cost =
      result.usage === undefined
        ? undefined
        : costMicroUsd(options.prices, {
            usage: result.usage,
            model: target.model,
            providerId: target.profile.providerId,
            cacheTtl: options.anthropicPromptCacheTtl,
          });
    return {
      content: result.content,
      stopReason: result.stopReason,
      usage: result.usage,
      provider: target.profile.alias,
      model: target.model,
      costMicroUsd: cost,
      durationMs: Math.round(durationMs),
      firstDeltaMs: firstDeltaMs === undefined ? undefined : Math.round(firstDeltaMs),
    };
  }
}

function providerRequest(
  request: ModelRequest,
  target: ModelTarget,
  deps: Pick<ModelServiceDeps, 'options'>,
): ProviderRequest {
  return {
    model: target.model,
    system: request.system,
    messages: request.messages,
    tools: request.tools,
    thinking: request.thinking,
    maxTokens: request.maxTokens ?? deps.options.maxTokens,
    ...(request.chatId === undefined ? {} : { cacheKey: `chat-${request.chatId}` }),
  };
}
