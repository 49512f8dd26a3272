/**
 * Runs one request over the chain of models: retries, key rotation, breakers and fallback, until the first delta.
 *
 * Invariants: nothing is repeated after a delta was shown; at most `maxRetries` retries per model of the chain, and one
 * after a time limit has passed; an aborted call rejects with the signal's reason; a context overflow is never hidden
 * behind another error, because the agent can cure it.
 */
import type { Clock } from '../../core/clock.ts';
import { MicroclawError } from '../../core/errors.ts';
import { llmErrors } from '../errors.ts';
import type { LlmOptions } from '../llm-options.ts';
import type { ModelStreamEvent } from '../model-port.ts';
import type { LlmProfile, ModelTarget } from '../profile.ts';
import type { Provider, ProviderEvent, ProviderRequest, ProviderResult } from '../provider.ts';
import { retryAfterOf } from '../provider-failure.ts';
import { retryDelayMs } from './backoff.ts';
import { type AttemptVerdict, BreakerRegistry, breakerId } from './breaker-registry.ts';
import { KeyPool, type PoolKey } from './key-pool.ts';

/** Pause before the next key is tried; another key does not share the first one's limits. */
const KEY_ROTATION_DELAY_MS = 200;

export interface AttemptFailure {
  readonly provider: string;
  readonly model: string;
  /** 1 for the first attempt with this model. */
  readonly attempt: number;
  readonly error: MicroclawError;
}

export interface ChainRunnerDeps {
  readonly options: LlmOptions;
  readonly clock: Clock;
  readonly random: () => number;
  readonly open: (profile: LlmProfile, key: PoolKey) => Promise<Provider>;
  readonly onAttemptFailed: (failure: AttemptFailure) => void;
}

export interface ChainCall {
  readonly targets: readonly ModelTarget[];
  readonly request: Omit<ProviderRequest, 'model'>;
  readonly onDelta: (event: ProviderEvent) => void;
  readonly onChange: (event: Extract<ModelStreamEvent, { kind: 'retry' }>) => void;
  /** Called when the chain moves on to a target that is not the first. */
  readonly onFallback: (target: ModelTarget, reason: string) => void;
  readonly signal: AbortSignal;
}

/** What a key was refused or throttled with, for keys that are not to be used for now. */
type KeyFaults = Map<PoolKey, MicroclawError>;

export interface ChainAnswer {
  readonly result: ProviderResult;
  readonly target: ModelTarget;
}

export class ChainRunner {
  readonly breakers: BreakerRegistry;
  readonly #deps: ChainRunnerDeps;
  readonly #pools = new Map<string, KeyPool>();
  readonly #providers = new Map<string, Promise<Provider>>();

  constructor(deps: ChainRunnerDeps) {
    this.#deps = deps;
    this.breakers = new BreakerRegistry(deps.options.breaker);
  }

  /** The first complete answer of the chain. */
  async run(call: ChainCall): Promise<ChainAnswer> {
    let started = false;
    const watched: ChainCall = {
      ...call,
      onDelta(event) {
        started = true;
        call.onDelta(event);
      },
    };
    let firstError: unknown;
    for (const [index, target] of call.targets.entries()) {
      if (index > 0) call.onFallback(target, reasonOf(firstError));
      try {
        return { result: await this.#runTarget(watched, target, () => started), target };
      } catch (error) {
        call.signal.throwIfAborted();
        if (started || !allowsFallback(error)) throw error;
        // A breaker that was open explains less than what the next model says.
        const keepsFirst = firstError !== undefined && !llmErrors.is(firstError, 'BREAKER_OPEN');
        firstError = keepsFirst ? firstError : error;
      }
    }
    throw firstError;
  }

  async #runTarget(call: ChainCall, target: ModelTarget, started: () => boolean): Promise<ProviderResult> {
    const pool = this.#pool(target.profile);
    const guarded = call.targets.length > 1;
    const faults: KeyFaults = new Map();
    let lastError: unknown;
    for (let attempt = 1; ; attempt += 1) {
      const key = this.#chooseKey(target, pool, faults, guarded);
      if (key === 'none') throw lastError ?? this.#breakerOpen(target, pool);
      try {
        return await this.#attempt(call, target, key, !guarded);
      } catch (error) {
        call.signal.throwIfAborted();
        if (!(error instanceof MicroclawError)) throw error;
        if (isLlmError(error, 'BREAKER_OPEN')) {
          // Another call began the probe while this one got ready: nothing was tried, so choose again.
          attempt -= 1;
          continue;
        }
        this.#deps.onAttemptFailed({ provider: target.profile.alias, model: target.model, attempt, error });
        lastError = error;
        const retry = started() ? undefined : this.#planRetry(error, attempt, key, pool, faults);
        if (retry === undefined) throw error;
        call.onChange({ kind: 'retry', attempt, reason: error.message, delayMs: retry });
        await this.#deps.clock.sleep(retry, call.signal);
      }
    }
  }

  /** Milliseconds until the next attempt with this model, or `undefined` when there is none. */
  #planRetry(
    error: MicroclawError,
    attempt: number,
    key: PoolKey,
    pool: KeyPool,
    faults: KeyFaults,
  ): number | undefined {
    const { maxRetries, maxDelayMs } = this.#deps.options.retry;
    const keyFault = isKeyFault(error);
    if (keyFault) {
      faults.set(key, error);
      pool.advanceFrom(key);
    }
    if (attempt > maxRetries) return undefined;
    if (keyFault && pool.inOrder().some((other) => !faults.has(other))) return KEY_ROTATION_DELAY_MS;
    // A key that was only throttled is worth another try after the wait; one that was refused is not.
    const throttled = [...faults].filter(([, fault]) => fault.kind === 'transient');
    const curable = keyFault ? throttled.map(([, fault]) => fault) : [error];
    if (curable.every((fault) => fault.kind !== 'transient')) return undefined;
    if (attempt > 1 && waitedInVain(error)) return undefined;
    for (const [other] of throttled) faults.delete(other);
    const retryAfterMs = Math.min(...curable.map((fault) => retryAfterOf(fault) ?? 0));
    if (retryAfterMs > maxDelayMs) return undefined;
    return retryDelayMs(attempt, this.#deps.random(), retryAfterMs);
  }

  #chooseKey(
    target: ModelTarget,
    pool: KeyPool,
    faults: ReadonlyMap<PoolKey, MicroclawError>,
    guarded: boolean,
  ): PoolKey | 'none' {
    const candidates = pool.inOrder().filter((key) => !faults.has(key));
    const { alias } = target.profile;
    const open = candidates.filter((key) => this.breakers.allows(breakerId(alias, key, target.model)));
    if (open.length > 0) return open[0];
    return guarded || candidates.length === 0 ? 'none' : candidates[0];
  }

  async #attempt(
    call: ChainCall,
    target: ModelTarget,
    key: PoolKey,
    force: boolean,
  ): Promise<ProviderResult> {
    const { profile, model } = target;
    const provider = await this.#provider(profile, key);
    const attempt = () => provider.stream({ ...call.request, model }, call.onDelta, call.signal);
    const judge = (error: unknown) => (call.signal.aborted ? 'unknown' : verdictOf(error));
    return this.breakers.run(breakerId(profile.alias, key, model), attempt, judge, force);
  }

  #pool(profile: LlmProfile): KeyPool {
    const known = this.#pools.get(profile.alias);
    if (known !== undefined) return known;
    const pool = new KeyPool(profile.keys);
    this.#pools.set(profile.alias, pool);
    return pool;
  }

  #provider(profile: LlmProfile, key: PoolKey): Promise<Provider> {
    const id = `${profile.alias}|${key ?? ''}`;
    const known = this.#providers.get(id);
    if (known !== undefined) return known;
    const opened = this.#deps.open(profile, key);
    this.#providers.set(id, opened);
    // Only providers that opened are kept; whoever awaits `opened` sees why one did not.
    opened.catch(() => this.#providers.delete(id));
    return opened;
  }

  #breakerOpen(target: ModelTarget, pool: KeyPool): MicroclawError {
    const { alias } = target.profile;
    const times = pool
      .inOrder()
      .flatMap((key) => this.breakers.retryAtMs(breakerId(alias, key, target.model)) ?? []);
    return llmErrors.create('BREAKER_OPEN', 'The model failed repeatedly and is left alone for a moment.', {
      data: { retryAtMs: times.length === 0 ? this.#deps.clock.now() : Math.min(...times) },
    });
  }
}

function isKeyFault(error: unknown): boolean {
  return ['AUTH', 'QUOTA', 'RATE_LIMITED'].some((name) => isLlmError(error, name));
}

/** A model that twice let a whole time limit pass is not waited for again: the user has waited minutes already. */
function waitedInVain(error: MicroclawError): boolean {
  const phase = llmErrors.is(error, 'TIMEOUT') ? error.data?.phase : undefined;
  return phase === 'first_byte' || phase === 'idle' || phase === 'total';
}

function isLlmError(error: unknown, name: string): boolean {
  return error instanceof MicroclawError && error.code === `MC_LLM_${name}`;
}

/** A rejected request proves that the provider is alive; only its own and the key's troubles count. */
function verdictOf(error: unknown): AttemptVerdict {
  if (!(error instanceof MicroclawError)) return 'unknown';
  return error.kind === 'transient' || isKeyFault(error) ? 'failed' : 'alive';
}

function allowsFallback(error: unknown): boolean {
  if (!(error instanceof MicroclawError)) return false;
  return !llmErrors.is(error, 'CONTEXT_OVERFLOW') && !llmErrors.is(error, 'REFUSED');
}

function reasonOf(error: unknown): string {
  return error instanceof MicroclawError ? error.message : 'The model failed.';
}
