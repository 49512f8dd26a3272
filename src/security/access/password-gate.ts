/**
 * Lets one password be checked at a time: hashing is made to be expensive, and a flood of logins must neither take the
 * memory nor the processor from those who are signed in.
 *
 * Invariants: checks happen in the order they were asked for; at most `maxWaiting` wait, further ones are turned away.
 */
export class PasswordGate {
  readonly #maxWaiting: number;
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(maxWaiting = 32) {
    this.#maxWaiting = maxWaiting;
  }

  /** The result of the check, or `busy` when too many wait already; then it was not made. */
  async pass<Result>(check: () => Promise<Result>): Promise<Result | 'busy'> {
    if (this.#waiting > this.#maxWaiting) return 'busy';
    this.#waiting += 1;
    const result = this.#last.then(check);
    this.#last = result.catch(() => {}); // told to whoever asked; the next one is checked all the same
    try {
      return await result;
    } finally {
      this.#waiting -= 1;
    }
  }
}
