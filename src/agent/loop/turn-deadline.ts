/** The time a turn may take. It stands still while the turn waits for a person. */
import type { Clock } from '../../core/clock.ts';
import type { Hold } from './turn-pause.ts';

/** A longer timer would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export class TurnDeadline implements Hold {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #onOver: () => void;
  #leftMs: number;
  #startedAt = 0;
  #timer: NodeJS.Timeout | undefined;

  /** Starts at once. */
  constructor(limitMs: number, clock: Pick<Clock, 'monotonic'>, onOver: () => void) {
    this.#leftMs = limitMs;
    this.#clock = clock;
    this.#onOver = onOver;
    this.#start();
  }

  release(): void {
    this.stop();
    this.#leftMs = Math.max(0, this.#leftMs - (this.#clock.monotonic() - this.#startedAt));
  }

  async retake(): Promise<void> {
    this.#start();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #start(): void {
    this.#startedAt = this.#clock.monotonic();
    this.#timer = setTimeout(this.#onOver, Math.min(this.#leftMs, MAX_TIMER_MS));
  }
}
