/** Measures a call without the time that a person took to decide about it. */
import type { Clock } from '../../core/clock.ts';

export class Stopwatch {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #startedAt: number;
  #excludedMs = 0;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
    this.#startedAt = clock.monotonic();
  }

  /** Whole milliseconds since the start, without what was excluded. */
  elapsedMs(): number {
    return Math.round(this.#clock.monotonic() - this.#startedAt - this.#excludedMs);
  }

  /** Waits without counting; one wait at a time. */
  async without<Answer>(wait: () => Promise<Answer>): Promise<Answer> {
    const beganAt = this.#clock.monotonic();
    try {
      return await wait();
    } finally {
      this.#excludedMs += this.#clock.monotonic() - beganAt;
    }
  }
}
