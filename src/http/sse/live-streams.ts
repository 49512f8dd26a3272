/**
 * The event streams that are open, by the credential that opened them, so that revoking a credential and stopping the
 * server end them.
 */

export class LiveStreams {
  readonly #streams = new Map<string, Set<() => void>>();

  get size(): number {
    let count = 0;
    for (const streams of this.#streams.values()) count += streams.size;
    return count;
  }

  /** Open streams of one credential. */
  countOf(actorId: string): number {
    return this.#streams.get(actorId)?.size ?? 0;
  }

  /** Remembers a stream; the returned function forgets it. `actorId` as in `Identity`. */
  add(actorId: string, end: () => void): () => void {
    const streams = this.#streams.get(actorId) ?? new Set();
    this.#streams.set(actorId, streams);
    streams.add(end);
    return () => {
      streams.delete(end);
      if (streams.size === 0) this.#streams.delete(actorId);
    };
  }

  /** Ends every stream of one credential. */
  endOf(actorId: string): void {
    for (const end of [...(this.#streams.get(actorId) ?? [])]) end();
  }

  /** Ends the streams of the credentials that the condition names. */
  endWhere(condition: (actorId: string) => boolean): void {
    for (const actorId of [...this.#streams.keys()]) if (condition(actorId)) this.endOf(actorId);
  }
}
