/**
 * Finds known secret values in text, whole or arriving in chunks.
 *
 * All occurrences are found first and overlapping ones merged, so that hiding one value never leaves the rest of
 * another in sight. The stream holds back the shortest tail that could still become a value.
 */
import type { Secret, TextFilter } from './secret.ts';

/** Half-open range of UTF-16 indexes, shown as the key of its longest value. */
interface Occurrence {
  readonly start: number;
  readonly end: number;
  readonly secret: Secret;
}

interface SecretMatcher {
  redact(text: string): string;
}

/** `secrets` must be sorted longest first. */
export function createSecretMatcher(secrets: readonly Secret[]): SecretMatcher {
  return {
    redact(text) {
      const found = findOccurrences(text, secrets);
      return found.length === 0 ? text : render(text, text.length, found, 0);
    },
  };
}

/** `secrets` must be sorted longest first. */
export function createSecretStream(secrets: readonly Secret[]): TextFilter {
  let buffer = '';
  let hidden = 0; // leading UTF-16 units of `buffer` whose label has already been written
  const emit = (upTo: number): string => {
    const found = findOccurrences(buffer, secrets);
    const text = render(buffer, upTo, found, hidden);
    const covered = found.reduce((end, item) => (item.start < upTo ? Math.max(end, item.end) : end), hidden);
    buffer = buffer.slice(upTo);
    hidden = Math.max(0, covered - upTo);
    return text;
  };
  return {
    write(chunk) {
      buffer += chunk;
      return emit(openTailStart(buffer, secrets));
    },
    end: () => emit(buffer.length),
  };
}

/** Every occurrence of every value, overlapping ones of one value included, by start and then longest first. */
function findOccurrences(text: string, secrets: readonly Secret[]): readonly Occurrence[] {
  const found: Occurrence[] = [];
  for (const secret of secrets) {
    let start = text.indexOf(secret.value);
    while (start !== -1) {
      found.push({ start, end: start + secret.value.length, secret });
      start = text.indexOf(secret.value, start + 1);
    }
  }
  return found.sort((left, right) => left.start - right.start || right.end - left.end);
}

/** The first `upTo` units, occurrences replaced by labels; the first `hidden` units were replaced before. */
function render(text: string, upTo: number, found: readonly Occurrence[], hidden: number): string {
  let output = '';
  let position = Math.min(hidden, upTo);
  let hiddenEnd = hidden;
  let index = 0;
  while (index < found.length) {
    const first = found[index];
    if (first === undefined || first.start >= upTo) break;
    const group = mergeFrom(found, index);
    index = group.next;
    if (first.start < hiddenEnd) {
      hiddenEnd = Math.max(hiddenEnd, group.end);
      position = Math.max(position, Math.min(hiddenEnd, upTo));
      continue;
    }
    output += `${text.slice(position, first.start)}[REDACTED:${group.secret.key}]`;
    position = Math.min(group.end, upTo);
  }
  return output + text.slice(position, upTo);
}

/** The run of overlapping occurrences that begins at `index`. */
function mergeFrom(
  found: readonly Occurrence[],
  index: number,
): { readonly end: number; readonly secret: Secret; readonly next: number } {
  let end = 0;
  let longest: Secret | undefined;
  let next = index;
  for (let item = found[next]; item !== undefined; item = found[next]) {
    if (longest !== undefined && item.start >= end) break;
    end = Math.max(end, item.end);
    if (longest === undefined || item.secret.value.length > longest.value.length) longest = item.secret;
    next += 1;
  }
  return { end, secret: longest ?? { key: 'SECRET', value: '' }, next };
}

/** Where the shortest tail begins that is a proper beginning of some value; the length when there is none. */
function openTailStart(text: string, secrets: readonly Secret[]): number {
  const longest = secrets[0]?.value.length ?? 0;
  for (let start = Math.max(0, text.length - longest + 1); start < text.length; start += 1) {
    const tailLength = text.length - start;
    const open = secrets.some(
      ({ value }) =>
        value.length > tailLength && value[0] === text[start] && value.startsWith(text.slice(start)),
    );
    if (open) return start;
  }
  return text.length;
}
