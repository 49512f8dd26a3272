/**
 * One circuit breaker per profile, key and model.
 *
 * Invariants: a breaker opens after the configured number of consecutive failed attempts and then refuses for
 * `openMs`, or for as long as the provider's Retry-After says; exactly one probe is let through afterwards; an attempt
 * that the caller aborts neither closes nor, outside a probe, counts against a breaker.
 */
import { createHash } from 'node:crypto';
import {
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
  type IBackoff,
} from 'cockatiel';
import { llmErrors } from '../errors.ts';
import type { LlmBreakerOptions } from '../llm-options.ts';
import { retryAfterOf } from '../provider-failure.ts';
import type { PoolKey } from './key-pool.ts';

/** Marks a failure that counts, so that the policy can tell it from one that says nothing about the provider. */
class CountedFailure extends Error {
  constructor(cause: unknown) {
    super('counted failure', { cause });
  }
}

/**
 * What an attempt's error says about the provider: `failed` counts against it, `alive` does not (it answered, if only
 * to reject the request), `unknown` says nothing (the caller stopped).
 */
export type AttemptVerdict = 'failed' | 'alive' | 'unknown';

interface Breaker {
  readonly policy: CircuitBreakerPolicy;
  /** Epoch milliseconds from which a probe is allowed; meaningful while open. */
  retryAtMs: number;
}

/** Longest time a provider may keep its breaker open. */
const MAX_OPEN_MS = 60 * 60 * 1000;

export class BreakerRegistry {
  readonly #breakers = new Map<string, Breaker>();
  readonly #options: LlmBreakerOptions;

  constructor(options: LlmBreakerOptions) {
    this.#options = options;
  }

  /** True when an attempt would be let through now, be it as the probe. */
  allows(id: string): boolean {
    const breaker = this.#breakers.get(id);
    if (breaker === undefined || breaker.policy.state === CircuitState.Closed) return true;
    return breaker.policy.state === CircuitState.Open && Date.now() >= breaker.retryAtMs;
  }

  /** Epoch milliseconds of the next probe, or `undefined` while the breaker lets attempts through. */
  retryAtMs(id: string): number | undefined {
    return this.allows(id) ? undefined : this.#breakers.get(id)?.retryAtMs;
  }

  /** True when any breaker refuses attempts. */
  anyOpen(): boolean {
    return [...this.#breakers.keys()].some((id) => !this.allows(id));
  }

  /**
   * Runs an attempt under the breaker and rethrows its error unchanged; `judge` says what the error means. With
   * `force` an open breaker is passed by: there is nothing else to try. Without, it rejects with
   * `MC_LLM_BREAKER_OPEN` at once, also while another call is the probe: nobody waits for a stranger's answer.
   */
  async run<T>(
    id: string,
    attempt: () => Promise<T>,
    judge: (error: unknown) => AttemptVerdict,
    force: boolean,
  ): Promise<T> {
    if (!this.allows(id)) {
      if (force) return attempt();
      throw llmErrors.create('BREAKER_OPEN', 'The model failed repeatedly and is left alone for a moment.');
    }
    const { policy } = this.#obtain(id);
    const probing = policy.state === CircuitState.Open;
    try {
      return await policy.execute(async () => {
        try {
          return await attempt();
        } catch (error) {
          const verdict = judge(error);
          // A probe that proves nothing must not close the breaker.
          const counted = verdict === 'failed' || (probing && verdict === 'unknown');
          throw counted ? new CountedFailure(error) : error;
        }
      });
    } catch (error) {
      throw error instanceof CountedFailure ? error.cause : error;
    }
  }

  #obtain(id: string): Breaker {
    const known = this.#breakers.get(id);
    if (known !== undefined) return known;
    const breaker: Breaker = {
      retryAtMs: 0,
      policy: circuitBreaker(
        handleWhen((error) => error instanceof CountedFailure),
        {
          breaker: new ConsecutiveBreaker(this.#options.failureThreshold),
          halfOpenAfter: { next: (context) => this.#openFor(breaker, context.result) },
        },
      ),
    };
    this.#breakers.set(id, breaker);
    return breaker;
  }

  #openFor(breaker: Breaker, result: unknown): IBackoff<never> {
    const error = failureCause(result);
    const duration = Math.min(Math.max(this.#options.openMs, retryAfterOf(error) ?? 0), MAX_OPEN_MS);
    breaker.retryAtMs = Date.now() + duration;
    return {
      // `allows` alone says when it is over, by one clock and to the millisecond.
      duration: 0,
      next: (context: { readonly result: unknown }) => this.#openFor(breaker, context.result),
    };
  }
}

function failureCause(result: unknown): unknown {
  if (typeof result !== 'object' || result === null || !('error' in result)) return undefined;
  return result.error instanceof CountedFailure ? result.error.cause : result.error;
}

/** The breaker id; holds a fingerprint of the key, never the key. */
export function breakerId(alias: string, key: PoolKey, model: string): string {
  const fingerprint = key === undefined ? '-' : createHash('sha256').update(key).digest('hex').slice(0, 12);
  return `${alias}|${fingerprint}|${model}`;
}
