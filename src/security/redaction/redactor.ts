/**
 * Removes secrets from text that leaves the process: tool results, live output, logs.
 *
 * Two kinds of knowledge: the *values* this process holds (provider keys, bot tokens, skill variables), replaced by
 * `[REDACTED:<KEY>]`, and *patterns* of well-known credentials, for logs. Tool results are redacted by value only:
 * a pattern that fires on a source file would be written back by the next edit.
 *
 * Invariant: no part of a known value appears in the output because it overlapped another value or was split over
 * two chunks of a stream.
 */
import { redactPatterns } from './redact-patterns.ts';
import type { Secret, TextFilter } from './secret.ts';
import { createSecretMatcher, createSecretStream } from './secret-stream.ts';

/** Shorter values are too likely to be ordinary text. UTF-8 bytes. */
const MIN_SECRET_BYTES = 8;

export interface Redactor {
  /** The text with every known value replaced. */
  redact(text: string): string;
  /** As `redact`, and well-known credential patterns too. */
  redactForLog(text: string): string;
  /** A filter for text that arrives in chunks; one per stream. */
  stream(): TextFilter;
  /** A redactor that also knows `secrets`. */
  with(secrets: readonly Secret[]): Redactor;
}

/**
 * Values below `MIN_SECRET_BYTES` are ignored; of equal values the first key is shown. A value is also found as it
 * stands inside of JSON, in log lines for example.
 */
export function createRedactor(secrets: readonly Secret[]): Redactor {
  const usable = longestFirst(secrets.flatMap(withJsonForm));
  const matcher = createSecretMatcher(usable);
  return {
    redact: (text) => matcher.redact(text),
    redactForLog: (text) => redactPatterns(matcher.redact(text)),
    stream: () => createSecretStream(usable),
    with: (more) => createRedactor([...secrets, ...more]),
  };
}

/** Quotes, backslashes and line ends of a value are escaped in JSON. */
function withJsonForm(secret: Secret): readonly Secret[] {
  const escaped = JSON.stringify(secret.value).slice(1, -1);
  return escaped === secret.value ? [secret] : [secret, { key: secret.key, value: escaped }];
}

function longestFirst(secrets: readonly Secret[]): readonly Secret[] {
  const byValue = new Map<string, Secret>();
  for (const secret of secrets) {
    if (Buffer.byteLength(secret.value) < MIN_SECRET_BYTES || byValue.has(secret.value)) continue;
    byValue.set(secret.value, secret);
  }
  return [...byValue.values()].sort((left, right) => right.value.length - left.value.length);
}
