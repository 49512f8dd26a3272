/**
 * Runs that observers can follow: everything queued or running, and finished ones for a while.
 *
 * Invariants: a finished run is kept for at most `retentionMs`; at most `maxFinished` finished runs with together at
 * most `maxFinishedCharacters` characters are kept, so memory does not grow with the number or the size of turns; after
 * that a run's end is read from the `turns` table.
 */
import type { Clock } from '../../core/clock.ts';
import { LiveRun } from './live-run.ts';

export interface RunRegistryOptions {
  /** Events held per run (`web_run_history_limit`). */
  readonly maxEvents: number;
  readonly retentionMs: number;
  readonly maxFinished: number;
  /** Characters held per run. Default 4 Mi. */
  readonly maxCharacters?: number;
  /** Characters held by all finished runs. Default 16 Mi. */
  readonly maxFinishedCharacters?: number;
}

const MAX_FINISHED_CHARACTERS = 16 * 1024 * 1024;

export class RunRegistry {
  readonly #runs = new Map<string, LiveRun>();
  /** Finished runs in the order they ended. */
  readonly #finished = new Map<string, { readonly atMs: number; readonly characters: number }>();
  #finishedCharacters = 0;
  readonly #options: RunRegistryOptions;
  readonly #clock: Clock;

  constructor(options: RunRegistryOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
  }

  create(facts: ConstructorParameters<typeof LiveRun>[0]): LiveRun {
    const run = new LiveRun(facts, { ...this.#options, now: () => this.#clock.now() });
    this.#runs.set(run.runId, run);
    return run;
  }

  find(runId: string): LiveRun | undefined {
    return this.#runs.get(runId);
  }

  /** Starts the retention of a run that has ended and drops what is past its time. */
  retire(run: LiveRun): void {
    const now = this.#clock.now();
    const { retentionMs, maxFinished, maxFinishedCharacters = MAX_FINISHED_CHARACTERS } = this.#options;
    const characters = run.heldCharacters;
    this.#finished.set(run.runId, { atMs: now, characters });
    this.#finishedCharacters += characters;
    for (const [runId, finished] of this.#finished) {
      const expired = now - finished.atMs >= retentionMs;
      const crowded = this.#finished.size > maxFinished || this.#finishedCharacters > maxFinishedCharacters;
      if (!expired && !crowded) break;
      this.#finished.delete(runId);
      this.#finishedCharacters -= finished.characters;
      this.#runs.delete(runId);
    }
  }
}
