/**
 * The one-time token with which the first password is set.
 *
 * Invariants: at most one token is valid; it is valid only while there is no password; it works once.
 */
import type { IdSource } from '../../core/ids.ts';
import { equalsConstantTime } from '../../security/access/constant-time.ts';

export class BootstrapToken {
  readonly #ids: IdSource;
  #token: string | undefined;

  constructor(ids: IdSource) {
    this.#ids = ids;
  }

  /** The valid token, made now if there is none. */
  issue(): string {
    this.#token ??= this.#ids.uuid();
    return this.#token;
  }

  /** Whether the presented token is the valid one. */
  matches(presented: string): boolean {
    return this.#token !== undefined && equalsConstantTime(presented.trim(), this.#token);
  }

  /**
   * Uses the token up for `use`, so that two requests with it cannot both succeed; it stays valid when `use` rejects.
   * `undefined`: the token is not valid (any more).
   */
  async redeem<Result>(presented: string, use: () => Promise<Result>): Promise<Result | undefined> {
    if (!this.matches(presented)) return undefined;
    const token = this.#token;
    this.#token = undefined;
    try {
      return await use();
    } catch (error) {
      this.#token = token;
      throw error;
    }
  }

  /** Ends the token's life; call when a password exists. */
  revoke(): void {
    this.#token = undefined;
  }
}
