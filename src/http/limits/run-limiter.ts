/**
 * Limits how many runs a session and an actor may have at once and start within a window.
 *
 * Invariants: the session is checked before the actor; a rejected request uses nothing of any quota; a permit is
 * released once; buckets that have nothing in flight disappear after the idle time; the tables are bounded.
 */
import type { Clock } from '../../core/clock.ts';
import { liveView } from '../../core/live-view.ts';
import { WindowCounter, type WindowLimits, type WindowState } from './window-counter.ts';

export interface RunLimits {
  /** Runs at once, per session and per actor (`web_max_inflight_per_session`). */
  readonly maxInFlight: number;
  /** Runs started per window, per session and per actor (`web_max_requests_per_window`). */
  readonly maxPerWindow: number;
  readonly windowMs: number;
  /** `web_session_idle_ttl_seconds`. */
  readonly idleMs: number;
  readonly maxBuckets: number;
}

export const DEFAULT_RUN_LIMITS: RunLimits = {
  maxInFlight: 10,
  maxPerWindow: 8,
  windowMs: 10_000,
  idleMs: 300_000,
  maxBuckets: 4096,
};

export interface RunPermit {
  readonly window: WindowState;
  /** The run has ended. */
  release(): void;
  /** The request did not become a run: gives its place and its quota back. */
  cancel(): void;
}

export type RunAdmission =
  | { readonly kind: 'granted'; readonly permit: RunPermit }
  | {
      readonly kind: 'rejected';
      /** Exact text for the client. */
      readonly reason: string;
      readonly retryAfterMs: number;
      readonly window: WindowState;
    };

interface Bucket {
  readonly counter: WindowCounter;
  inFlight: number;
  lastUsedAt: number;
}

type Owner = 'session' | 'actor';

/** There is no telling when a run ends; one second is what a client should wait before it asks again. */
const CONCURRENCY_RETRY_MS = 1000;

export class RunLimiter {
  readonly #sessions = new Map<string, Bucket>();
  readonly #actors = new Map<string, Bucket>();
  readonly #limits: RunLimits;
  readonly #window: WindowLimits;
  readonly #clock: Pick<Clock, 'monotonic'>;

  /** The limits are read at each use. */
  constructor(limits: RunLimits, clock: Pick<Clock, 'monotonic'>) {
    this.#limits = limits;
    this.#window = liveView(() => ({ limit: limits.maxPerWindow, windowMs: limits.windowMs }));
    this.#clock = clock;
  }

  /** Sessions with a bucket; the gauge `active_sessions`. */
  get activeSessions(): number {
    return this.#sessions.size;
  }

  acquire(sessionKey: string, actorId: string): RunAdmission {
    const now = this.#clock.monotonic();
    const session = this.#bucket(this.#sessions, sessionKey, now);
    const actor = this.#bucket(this.#actors, actorId, now);
    if (session === undefined) return this.#tableFull('session');
    const sessionRefusal = this.#refusal(session, 'session', now);
    if (sessionRefusal !== undefined) return sessionRefusal;
    if (actor === undefined) return this.#tableFull('actor');
    const actorRefusal = this.#refusal(actor, 'actor', now);
    if (actorRefusal !== undefined) return actorRefusal;
    this.#sessions.set(sessionKey, session);
    this.#actors.set(actorId, actor);
    for (const bucket of [session, actor]) {
      bucket.counter.take(now);
      bucket.inFlight += 1;
      bucket.lastUsedAt = now;
    }
    return { kind: 'granted', permit: this.#permit(session, actor, now) };
  }

  #permit(session: Bucket, actor: Bucket, now: number): RunPermit {
    let open = true;
    const end = (after: (bucket: Bucket) => void) => {
      if (!open) return;
      open = false;
      for (const bucket of [session, actor]) {
        bucket.inFlight -= 1;
        bucket.lastUsedAt = this.#clock.monotonic();
        after(bucket);
      }
    };
    return {
      window: session.counter.state(now),
      release: () => end(() => {}),
      cancel: () => end((bucket) => bucket.counter.giveBack()),
    };
  }

  #refusal(bucket: Bucket, owner: Owner, now: number): RunAdmission | undefined {
    const window = bucket.counter.state(now);
    if (bucket.inFlight >= this.#limits.maxInFlight) {
      const reason = `too many concurrent requests for ${owner}`;
      return { kind: 'rejected', reason, retryAfterMs: CONCURRENCY_RETRY_MS, window };
    }
    if (window.remaining > 0) return undefined;
    const reason = `rate limit exceeded for ${owner}`;
    return { kind: 'rejected', reason, retryAfterMs: window.resetMs, window };
  }

  #tableFull(owner: Owner): RunAdmission {
    const { maxPerWindow: limit, idleMs } = this.#limits;
    const reason = `too many active ${owner} limiter buckets`;
    return {
      kind: 'rejected',
      reason,
      retryAfterMs: idleMs,
      window: { limit, remaining: limit, resetMs: 0 },
    };
  }

  /** The bucket of a key, a new one (not yet stored), or `undefined` when the table is full of live ones. */
  #bucket(table: Map<string, Bucket>, key: string, now: number): Bucket | undefined {
    const known = table.get(key);
    if (known !== undefined && !this.#isIdle(known, now)) return known;
    table.delete(key);
    if (table.size >= this.#limits.maxBuckets) this.#dropIdle(table, now);
    if (table.size >= this.#limits.maxBuckets) return undefined;
    const counter = new WindowCounter(this.#window);
    return { counter, inFlight: 0, lastUsedAt: now };
  }

  #dropIdle(table: Map<string, Bucket>, now: number): void {
    for (const [key, bucket] of table) if (this.#isIdle(bucket, now)) table.delete(key);
  }

  #isIdle(bucket: Bucket, now: number): boolean {
    return bucket.inFlight === 0 && now - bucket.lastUsedAt >= this.#limits.idleMs;
  }
}
