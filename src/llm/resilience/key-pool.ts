/** The keys of one profile, used one at a time; a refused or throttled key gives way to the next. */

/** `undefined` stands for a profile without keys. */
export type PoolKey = string | undefined;

export class KeyPool {
  readonly #keys: readonly PoolKey[];
  #current = 0;

  constructor(keys: readonly string[]) {
    this.#keys = keys.length === 0 ? [undefined] : keys;
  }

  /** All keys, the current one first. */
  inOrder(): readonly PoolKey[] {
    return [...this.#keys.slice(this.#current), ...this.#keys.slice(0, this.#current)];
  }

  /** Moves on when `key` is still the current one, so that concurrent failures of one key count once. */
  advanceFrom(key: PoolKey): void {
    if (this.#keys[this.#current] === key) this.#current = (this.#current + 1) % this.#keys.length;
  }
}
