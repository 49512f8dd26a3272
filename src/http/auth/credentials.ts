/**
 * Finds out whose an API key or a login cookie is.
 *
 * Invariants: an answer is remembered for a few seconds, under the hash of the secret, and forgotten at once when any
 * credential is revoked or a password changes; the memory is bounded; unknown credentials are never remembered. The
 * time of last use is written at most once a minute per credential, in the background.
 */
import type { Clock } from '../../core/clock.ts';
import { hashApiKey } from '../../security/access/api-key.ts';
import { sha256Hex } from '../../security/access/constant-time.ts';
import type { ApiKeyRepository } from '../../storage/repositories/api-key-repository.ts';
import type { AuthRepository } from '../../storage/repositories/auth-repository.ts';
import type { BackgroundWrites } from '../background-writes.ts';
import { apiKeyIdentity, type Identity, sessionIdentity } from './identity.ts';

interface Known {
  readonly identity: Identity;
  readonly expiresAtMs: number;
  readonly cachedAtMs: number;
  lastUsedAtMs: number;
}

const CACHE_MS = 10_000;
const TOUCH_MS = 60_000;
const MAX_CACHED = 1024;

export class Credentials {
  readonly #apiKeys: ApiKeyRepository;
  readonly #auth: AuthRepository;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #background: BackgroundWrites;
  readonly #cache = new Map<string, Known>();
  /** Raised by `forget`, so that a lookup that began before does not store what it found. */
  #generation = 0;

  constructor(
    repositories: { readonly apiKeys: ApiKeyRepository; readonly auth: AuthRepository },
    clock: Pick<Clock, 'now'>,
    background: BackgroundWrites,
  ) {
    this.#apiKeys = repositories.apiKeys;
    this.#auth = repositories.auth;
    this.#clock = clock;
    this.#background = background;
  }

  /** The holder of a live API key. */
  findApiKey(token: string): Promise<Identity | undefined> {
    const hash = hashApiKey(token);
    return this.#find(`key ${hash}`, async () => {
      const key = await this.#apiKeys.findLiveByHash(hash);
      if (key === undefined) return undefined;
      return {
        identity: apiKeyIdentity(key.id, key.scopes),
        expiresAtMs: key.expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(key.expiresAt),
        lastUsedAtMs: key.lastUsedAt === null ? 0 : Date.parse(key.lastUsedAt),
      };
    });
  }

  /** The login session of a cookie's value. */
  findSession(cookie: string): Promise<Identity | undefined> {
    const sessionId = sha256Hex(cookie);
    return this.#find(`session ${sessionId}`, async () => {
      const session = await this.#auth.findLiveSession(sessionId);
      if (session === undefined) return undefined;
      return {
        identity: sessionIdentity(sessionId, session.csrfHash),
        expiresAtMs: Date.parse(session.expiresAt),
        lastUsedAtMs: Date.parse(session.lastSeenAt),
      };
    });
  }

  /** Call after anything was revoked, rotated or changed. */
  forget(): void {
    this.#generation += 1;
    this.#cache.clear();
  }

  async #find(
    key: string,
    lookUp: () => Promise<Omit<Known, 'cachedAtMs'> | undefined>,
  ): Promise<Identity | undefined> {
    const now = this.#clock.now();
    const cached = this.#cache.get(key);
    if (cached !== undefined && now - cached.cachedAtMs < CACHE_MS && now >= cached.cachedAtMs) {
      if (cached.expiresAtMs <= now) return undefined;
      this.#touch(cached, now);
      return cached.identity;
    }
    const generation = this.#generation;
    const found = await lookUp();
    if (found === undefined || found.expiresAtMs <= now) return undefined;
    const known = { ...found, cachedAtMs: now };
    if (generation === this.#generation) this.#remember(key, known);
    this.#touch(known, now);
    return known.identity;
  }

  #touch(known: Known, now: number): void {
    if (now - known.lastUsedAtMs < TOUCH_MS) return;
    known.lastUsedAtMs = now;
    const { identity } = known;
    if (identity.kind === 'api_key') {
      this.#background.start('api_keys.last_used_at', this.#apiKeys.touch(identity.keyId));
    } else if (identity.kind === 'session') {
      this.#background.start('auth_sessions.last_seen_at', this.#auth.touchSession(identity.sessionId));
    }
  }

  #remember(key: string, known: Known): void {
    this.#cache.delete(key);
    this.#cache.set(key, known);
    for (const oldest of this.#cache.keys()) {
      if (this.#cache.size <= MAX_CACHED) break;
      this.#cache.delete(oldest);
    }
  }
}
