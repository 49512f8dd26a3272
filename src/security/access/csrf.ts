/**
 * CSRF tokens of login sessions.
 *
 * Invariant: a token belongs to one session; the server keeps only its hash, so neither a second cookie of the client
 * nor a copy of the database is enough to forge one.
 */
import type { IdSource } from '../../core/ids.ts';
import { equalsConstantTime, sha256Hex } from './constant-time.ts';

export interface IssuedCsrfToken {
  /** For the client; never stored. */
  readonly token: string;
  /** SHA-256 hex, stored with the session. */
  readonly hash: string;
}

/** A new token for a new session. */
export function issueCsrfToken(ids: IdSource): IssuedCsrfToken {
  const token = ids.uuid();
  return { token, hash: sha256Hex(token) };
}

/** Whether the header's token is the one issued with the session. A missing token never matches. */
export function csrfTokenMatches(token: string | undefined, storedHash: string): boolean {
  return token !== undefined && token !== '' && equalsConstantTime(sha256Hex(token), storedHash);
}
