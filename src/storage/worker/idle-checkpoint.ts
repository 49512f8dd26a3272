/**
 * Moves the write-ahead log into the database file while nobody waits, so that commits do not have to, and lets others
 * use the same quiet. A passive checkpoint never blocks and never waits for a reader.
 */
import type { DatabaseSync } from 'node:sqlite';
import { monotonicMs } from '../../core/monotonic.ts';

/** Time without a commit after which the log is moved. */
const QUIET_MS = 250;

export class IdleCheckpoint {
  readonly #database: DatabaseSync;
  readonly #onQuiet: () => void;
  #timer: NodeJS.Timeout | undefined;
  #lastCommitAt = 0;
  #walPages = 0;
  #checkpoints = 0;

  /** `onQuiet` is called after each checkpoint. */
  constructor(database: DatabaseSync, onQuiet: () => void = () => {}) {
    this.#database = database;
    this.#onQuiet = onQuiet;
  }

  get counters(): { readonly walPages: number; readonly checkpoints: number } {
    return { walPages: this.#walPages, checkpoints: this.#checkpoints };
  }

  /** Says that something was committed. */
  noteCommit(): void {
    this.#lastCommitAt = monotonicMs();
    this.#timer ??= setTimeout(() => this.#wake(), QUIET_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #wake(): void {
    const quietFor = monotonicMs() - this.#lastCommitAt;
    if (quietFor < QUIET_MS || this.#database.isTransaction) {
      this.#timer = setTimeout(() => this.#wake(), QUIET_MS);
      return;
    }
    this.#timer = undefined;
    this.#walPages = checkpoint(this.#database, 'passive');
    this.#checkpoints += 1;
    this.#onQuiet();
  }
}

/** Pages that were in the log. A checkpoint that cannot be completed is left to the next one: nothing is lost. */
export function checkpoint(database: DatabaseSync, mode: 'passive' | 'truncate'): number {
  try {
    return Number(database.prepare(`pragma wal_checkpoint(${mode})`).get()?.log ?? 0);
  } catch {
    // Disk full or a failing disk: the log keeps everything, and the next write reports the cause to its caller.
    return 0;
  }
}
