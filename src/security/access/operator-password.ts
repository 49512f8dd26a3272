/**
 * The one password of the operator.
 *
 * Invariants: a new password ends all login sessions but the one that set it, in the same transaction; a right
 * password whose stored hash is old or cheap is hashed anew on the way. The hash is remembered, because this process
 * is the only one that may change it.
 */
import { codePointLength } from '../../core/text.ts';
import type { AuthRepository } from '../../storage/repositories/auth-repository.ts';
import { PasswordGate } from './password-gate.ts';
import { type Argon2Cost, checkPassword, DEFAULT_ARGON2_COST, hashPassword } from './password-hash.ts';

/** Characters a password must have at least. */
export const MIN_PASSWORD_CHARS = 8;

export type PasswordVerdict = 'match' | 'mismatch' | 'not_set' | 'unreadable' | 'busy';

export class OperatorPassword {
  readonly #auth: AuthRepository;
  readonly #cost: Argon2Cost;
  readonly #gate = new PasswordGate();
  /** `null` when none is set, `undefined` when not read yet. */
  #hash: string | null | undefined;

  constructor(auth: AuthRepository, cost: Argon2Cost = DEFAULT_ARGON2_COST) {
    this.#auth = auth;
    this.#cost = cost;
  }

  async isSet(): Promise<boolean> {
    return (await this.#storedHash()) !== null;
  }

  /** `unreadable`: the stored hash is damaged, so no password can match. `busy`: too many ask; it was not looked at. */
  async verify(password: string): Promise<PasswordVerdict> {
    const stored = await this.#storedHash();
    if (stored === null) return 'not_set';
    const check = await this.#gate.pass(() => checkPassword(password, stored, this.#cost));
    if (check === 'busy') return check;
    if (check.kind === 'match' && check.needsRehash) await this.#rehash(password, stored);
    return check.kind;
  }

  /** Sets the password, trimmed. `too_short`: nothing was changed. */
  async set(
    password: string,
    options: { readonly keepSessionId?: string | undefined } = {},
  ): Promise<'stored' | 'too_short'> {
    const trimmed = password.trim();
    if (codePointLength(trimmed) < MIN_PASSWORD_CHARS) return 'too_short';
    const hash = await hashPassword(trimmed, this.#cost);
    const { keepSessionId } = options;
    await this.#auth.setPassword(hash, keepSessionId === undefined ? {} : { keepSessionId });
    this.#hash = hash;
    return 'stored';
  }

  /** Removes the password and ends all login sessions. */
  async clear(): Promise<void> {
    await this.#auth.clearPassword();
    this.#hash = null;
  }

  async #storedHash(): Promise<string | null> {
    if (this.#hash === undefined) {
      const stored = (await this.#auth.passwordHash()) ?? null;
      this.#hash ??= stored;
    }
    return this.#hash;
  }

  async #rehash(password: string, stored: string): Promise<void> {
    const hash = await hashPassword(password, this.#cost);
    if (this.#hash !== stored) return; // changed meanwhile
    await this.#auth.rehashPassword(hash);
    this.#hash = hash;
  }
}
