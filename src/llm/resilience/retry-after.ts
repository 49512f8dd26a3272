/** The `Retry-After` header (RFC 9110 §10.2.3): whole seconds or an HTTP date. */

const MAX_SECONDS = 24 * 60 * 60;

/**
 * Milliseconds to wait from `nowMs` (epoch), at most a day; `undefined` when absent or not understandable. OpenAI's
 * and Anthropic's `retry-after-ms` is more exact and wins.
 */
export function parseRetryAfter(headers: Headers, nowMs: number): number | undefined {
  const exact = headers.get('retry-after-ms')?.trim() ?? '';
  if (/^\d{1,9}$/.test(exact)) return Math.min(Number(exact), MAX_SECONDS * 1000);
  const value = headers.get('retry-after')?.trim() ?? '';
  if (/^\d{1,9}$/.test(value)) return Math.min(Number(value), MAX_SECONDS) * 1000;
  // HTTP dates start with a day name; `Date.parse` alone would accept almost anything.
  if (!/^[A-Za-z]{3,9},? /.test(value)) return undefined;
  const at = Date.parse(value);
  if (Number.isNaN(at)) return undefined;
  return Math.min(Math.max(0, at - nowMs), MAX_SECONDS * 1000);
}
