/**
 * API keys: `mk_` and 32 lower-case hex digits. Only the SHA-256 of the whole key is stored; `prefix` (its first ten
 * characters) lets people tell keys apart.
 */
import type { IdSource } from '../../core/ids.ts';
import { sha256Hex } from './constant-time.ts';

/**
 * Everything a key or login may be allowed to do. `operator.admin` includes the others; nothing else includes anything.
 */
export const OPERATOR_SCOPES = [
  'operator.read',
  'operator.write',
  'operator.admin',
  'operator.approvals',
] as const;

export type OperatorScope = (typeof OPERATOR_SCOPES)[number];

export interface IssuedApiKey {
  /** Shown once. */
  readonly key: string;
  readonly hash: string;
  readonly prefix: string;
}

const PREFIX_CHARS = 10;
const RANDOM_BYTES = 16;

/** A new key with what is stored of it. */
export function issueApiKey(ids: IdSource): IssuedApiKey {
  const key = `mk_${ids.hex(RANDOM_BYTES)}`;
  return { key, hash: hashApiKey(key), prefix: key.slice(0, PREFIX_CHARS) };
}

/** What a presented key is looked up by. */
export function hashApiKey(key: string): string {
  return sha256Hex(key);
}

export type ParsedScopes =
  | { readonly kind: 'scopes'; readonly scopes: readonly OperatorScope[] }
  | { readonly kind: 'empty' }
  | { readonly kind: 'invalid'; readonly scope: string };

/** Requested scopes, trimmed; blanks and repetitions are dropped and the order is kept. */
export function parseScopes(requested: readonly string[]): ParsedScopes {
  const wanted = [...new Set(requested.map((scope) => scope.trim()).filter((scope) => scope !== ''))];
  const invalid = wanted.find((scope) => !isOperatorScope(scope));
  if (invalid !== undefined) return { kind: 'invalid', scope: invalid };
  const scopes = wanted.filter(isOperatorScope);
  return scopes.length === 0 ? { kind: 'empty' } : { kind: 'scopes', scopes };
}

/** Whether a holder of `held` may do what needs `required`. */
export function scopesAllow(held: ReadonlySet<string>, required: OperatorScope): boolean {
  return held.has(required) || held.has('operator.admin');
}

/** Whether the text is a scope this program knows. */
export function isOperatorScope(scope: string): scope is OperatorScope {
  return OPERATOR_SCOPES.some((known) => known === scope);
}
