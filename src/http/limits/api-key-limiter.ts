/**
 * Limits the requests of each API key, on every route.
 *
 * Invariant: at most `maxKeys` keys are remembered, the least recently used leave first.
 */
import type { Clock } from '../../core/clock.ts';
import { WindowCounter, type WindowState } from './window-counter.ts';

export interface ApiKeyLimits {
  readonly maxRequests: number;
  readonly windowMs: number;
}

export interface KeyAdmission {
  readonly admitted: boolean;
  readonly window: WindowState;
}

const MAX_KEYS = 4096;

export class ApiKeyLimiter {
  readonly #counters = new Map<number, WindowCounter>();
  readonly #limits: ApiKeyLimits;
  readonly #clock: Pick<Clock, 'monotonic'>;

  constructor(limits: ApiKeyLimits, clock: Pick<Clock, 'monotonic'>) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** Counts one request of the key. */
  admit(keyId: number): KeyAdmission {
    const now = this.#clock.monotonic();
    const counter =
      this.#counters.get(keyId) ??
      new WindowCounter({ limit: this.#limits.maxRequests, windowMs: this.#limits.windowMs });
    this.#counters.delete(keyId);
    this.#counters.set(keyId, counter);
    for (const oldest of this.#counters.keys()) {
      if (this.#counters.size <= MAX_KEYS) break;
      this.#counters.delete(oldest);
    }
    return { admitted: counter.take(now), window: counter.state(now) };
  }
}
