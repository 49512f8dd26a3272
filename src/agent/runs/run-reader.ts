/**
 * One observer's way through a run's events.
 *
 * Invariants: events come in order, each once; `return` ends a waiting `next` at once and leaves nothing behind in the
 * log, so observers may come and go during a long run; nothing follows the terminal event.
 */
import { isTerminal, type TurnEvent } from '../turn-event.ts';

/** What a reader needs of the log it reads. */
export interface EventLog {
  /** The oldest held event after `seq`. */
  after(seq: number): TurnEvent | undefined;
  /** True when no event will come any more. */
  isOver(): boolean;
  /** Calls `wake` at the next event or at the end; the returned function takes that back. */
  park(wake: () => void): () => void;
}

export class RunReader implements AsyncIterableIterator<TurnEvent, void, void> {
  readonly #log: EventLog;
  readonly #waking = new Set<() => void>();
  #cursor: number;
  #finished = false;

  constructor(log: EventLog, afterSeq: number) {
    this.#log = log;
    this.#cursor = afterSeq;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The next event; waits for it while the run goes on. */
  async next(): Promise<IteratorResult<TurnEvent, void>> {
    while (!this.#finished) {
      const event = this.#log.after(this.#cursor);
      if (event !== undefined) {
        this.#cursor = event.seq;
        this.#finished = isTerminal(event);
        return { done: false, value: event };
      }
      if (this.#log.isOver()) break;
      await this.#nextChange();
    }
    this.#finished = true;
    return { done: true, value: undefined };
  }

  /** Ends the reading, also one that waits. */
  async return(): Promise<IteratorResult<TurnEvent, void>> {
    this.#finished = true;
    for (const wake of [...this.#waking]) wake();
    return { done: true, value: undefined };
  }

  #nextChange(): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        unpark();
        this.#waking.delete(wake);
        resolve();
      };
      const unpark = this.#log.park(wake);
      this.#waking.add(wake);
    });
  }
}
