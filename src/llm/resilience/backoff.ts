/** Delays between attempts. */

const MAX_EXPONENT_SECONDS = 32;

/**
 * Milliseconds before retry number `retry` (1 is the first): half of `e = min(2^(retry-1), 32)` seconds fixed, the
 * other half at random, and never less than what the provider asked for.
 *
 * @param random uniform in [0, 1)
 */
export function retryDelayMs(retry: number, random: number, retryAfterMs: number | undefined): number {
  const exponentMs = Math.min(2 ** (retry - 1), MAX_EXPONENT_SECONDS) * 1000;
  const jittered = exponentMs / 2 + random * (exponentMs / 2);
  return Math.round(Math.max(jittered, retryAfterMs ?? 0));
}
