/**
 * Slows down guessing of the operator's password, per client.
 *
 * Invariants: only failures count, so a client that knows the password is never locked out by its own logins; an
 * attempt counts as a failure from its first moment until it succeeds, so parallel guesses do not slip through while
 * hashes are computed; each lock of a client is twice as long as its last one; at most `maxClients` clients are
 * remembered, the least recently seen leave first.
 */
import type { Clock } from '../../core/clock.ts';

export interface LoginThrottleOptions {
  /** Failures allowed within the window. */
  readonly maxFailures: number;
  readonly windowMs: number;
  /** Upper limit of the growing lock. */
  readonly maxLockMs: number;
  readonly maxClients: number;
}

export const DEFAULT_LOGIN_THROTTLE: LoginThrottleOptions = {
  maxFailures: 5,
  windowMs: 60_000,
  maxLockMs: 900_000,
  maxClients: 4096,
};

export type LoginAdmission =
  | {
      readonly kind: 'admitted';
      /** Call when the password was right: forgets the client's failures. Not calling it leaves a failure. */
      succeeded(): void;
      /** Call when the password was not looked at: the attempt counts for nothing. */
      notTried(): void;
    }
  | { readonly kind: 'locked'; readonly retryAfterMs: number };

interface ClientRecord {
  failures: number;
  windowStartedAt: number;
  lockedUntil: number;
  /** Locks so far; sets the length of the next one. */
  locks: number;
}

export class LoginThrottle {
  readonly #clients = new Map<string, ClientRecord>();
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #options: LoginThrottleOptions;

  constructor(clock: Pick<Clock, 'monotonic'>, options: LoginThrottleOptions = DEFAULT_LOGIN_THROTTLE) {
    this.#clock = clock;
    this.#options = options;
  }

  /** Asks for one attempt by a client (its address). */
  admit(client: string): LoginAdmission {
    const now = this.#clock.monotonic();
    const record = this.#recordOf(client, now);
    if (record.failures >= this.#options.maxFailures && record.lockedUntil <= now) this.#lock(record, now);
    if (record.lockedUntil > now) return { kind: 'locked', retryAfterMs: record.lockedUntil - now };
    record.failures += 1;
    return {
      kind: 'admitted',
      succeeded: () => this.#clients.delete(client),
      notTried: () => {
        record.failures -= 1;
      },
    };
  }

  /** Clients remembered now. */
  get size(): number {
    return this.#clients.size;
  }

  #recordOf(client: string, now: number): ClientRecord {
    const known = this.#clients.get(client);
    const record = known ?? { failures: 0, windowStartedAt: now, lockedUntil: 0, locks: 0 };
    this.#clients.delete(client);
    this.#clients.set(client, record);
    this.#forgetOldest();
    this.#renewWindow(record, now);
    return record;
  }

  /** After the window, or after a lock, counting starts again; quiet clients also lose their history of locks. */
  #renewWindow(record: ClientRecord, now: number): void {
    const lockEnded = record.lockedUntil !== 0 && record.lockedUntil <= now;
    if (!lockEnded && now - record.windowStartedAt < this.#options.windowMs) return;
    if (record.lockedUntil > now) return;
    if (now - Math.max(record.windowStartedAt, record.lockedUntil) >= this.#options.maxLockMs)
      record.locks = 0;
    record.failures = 0;
    record.lockedUntil = 0;
    record.windowStartedAt = now;
  }

  #lock(record: ClientRecord, now: number): void {
    const windowRemainsMs = this.#options.windowMs - (now - record.windowStartedAt);
    const doubledMs = this.#options.windowMs * 2 ** record.locks;
    const lengthMs = record.locks === 0 ? windowRemainsMs : Math.min(doubledMs, this.#options.maxLockMs);
    record.locks += 1;
    record.lockedUntil = now + lengthMs;
  }

  #forgetOldest(): void {
    for (const client of this.#clients.keys()) {
      if (this.#clients.size <= this.#options.maxClients) return;
      this.#clients.delete(client);
    }
  }
}
