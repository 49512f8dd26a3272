/**
 * Runs that observers can follow: everything queued or running, and finished ones for a while.
 *
 * Invariants: a finished run is kept for at most `retentionMs` and at most `maxFinished` finished runs are kept, so
 * memory does not grow with the number of turns; after that its end is read from the `turns` table.
 */
import type { Clock } from '../../core/clock.ts';
import { LiveRun } from './live-run.ts';

export interface RunRegistryOptions {
  /** Events held per run (`web_run_history_limit`). */
  readonly maxEvents: number;
  readonly retentionMs: number;
  readonly maxFinished: number;
}

export class RunRegistry {
  readonly #runs = new Map<string, LiveRun>();
  /** Finished runs in the order they ended. */
  readonly #finished = new Map<string, number>();
  readonly #options: RunRegistryOptions;
  readonly #clock: Clock;

  constructor(options: RunRegistryOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
  }

  create(facts: ConstructorParameters<typeof LiveRun>[0]): LiveRun {
    const run = new LiveRun(facts, { maxEvents: this.#options.maxEvents, now: () => this.#clock.now() });
    this.#runs.set(run.runId, run);
    return run;
  }

  find(runId: string): LiveRun | undefined {
    return this.#runs.get(runId);
  }

  /** Removes a run that never began (its request could not be stored). */
  discard(runId: string): void {
    this.#runs.delete(runId);
  }

  /** Starts the retention of a run that has ended and drops what is past its time. */
  retire(run: LiveRun): void {
    const now = this.#clock.now();
    this.#finished.set(run.runId, now);
    for (const [runId, finishedAt] of this.#finished) {
      const expired = now - finishedAt >= this.#options.retentionMs;
      if (!expired && this.#finished.size <= this.#options.maxFinished) break;
      this.#finished.delete(runId);
      this.#runs.delete(runId);
    }
  }
}
