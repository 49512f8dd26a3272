/**
 * What a turn gives up while a call of it waits for a person: its place among the running turns and the passing of its
 * time.
 *
 * Invariants: several calls may wait at once; the first one gives up, the last one takes back; a turn that is stopped
 * does not wait for a place.
 */

/** Something a turn holds while it works. */
export interface Hold {
  release(): void;
  /** Resolves when the turn has it again; rejects with the signal's reason. */
  retake(signal: AbortSignal): Promise<void>;
}

export class TurnPause {
  readonly #holds = new Set<Hold>();
  #waiting = 0;
  #returning: Promise<void> | undefined;

  /** True while a call waits. */
  get isPaused(): boolean {
    return this.#waiting > 0;
  }

  /** Adds a hold; the returned function takes it away. */
  attach(hold: Hold): () => void {
    this.#holds.add(hold);
    return () => this.#holds.delete(hold);
  }

  /** Settles as `wait` does, once everything is held again; a stop of the turn rejects instead. */
  async during<Answer>(signal: AbortSignal, wait: () => Promise<Answer>): Promise<Answer> {
    this.#enter();
    try {
      return await wait();
    } finally {
      await this.#leave(signal);
    }
  }

  #enter(): void {
    this.#waiting += 1;
    if (this.#waiting === 1 && this.#returning === undefined) this.#release();
  }

  async #leave(signal: AbortSignal): Promise<void> {
    this.#waiting -= 1;
    if (this.#waiting > 0 || signal.aborted) return;
    this.#returning ??= this.#retake(signal).finally(() => {
      this.#returning = undefined;
      if (this.#waiting > 0) this.#release(); // another call began to wait meanwhile
    });
    await this.#returning;
  }

  #release(): void {
    for (const hold of this.#holds) hold.release();
  }

  async #retake(signal: AbortSignal): Promise<void> {
    for (const hold of this.#holds) await hold.retake(signal);
  }
}
