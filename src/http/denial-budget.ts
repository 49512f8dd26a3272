/**
 * How many entries about refused requests may be written: a burst at once, then a trickle, whoever is refused.
 *
 * Invariant: what is not admitted is counted, and the count is told once with the next admitted entry.
 */
import type { Clock } from '../core/clock.ts';

const BURST = 100;
const REFILL_MS = 12_000;

export class DenialBudget {
  readonly #clock: Pick<Clock, 'monotonic'>;
  #tokens = BURST;
  #refilledAt: number;
  #unwritten = 0;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
    this.#refilledAt = clock.monotonic();
  }

  /** True when an entry may be written now; otherwise it is counted. */
  admit(): boolean {
    const now = this.#clock.monotonic();
    const earned = Math.floor((now - this.#refilledAt) / REFILL_MS);
    if (earned > 0) {
      this.#tokens = Math.min(BURST, this.#tokens + earned);
      this.#refilledAt += earned * REFILL_MS;
    }
    if (this.#tokens < 1) {
      this.#unwritten += 1;
      return false;
    }
    this.#tokens -= 1;
    return true;
  }

  /** How many were not admitted since the last call. */
  takeUnwritten(): number {
    const count = this.#unwritten;
    this.#unwritten = 0;
    return count;
  }
}
