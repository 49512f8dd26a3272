/**
 * Shell globs: `*`, `?`, `[a-z]`, `[!a-z]`, `{a,b}`, `**` for any number of directories, `\` before a literal
 * character. Hidden names match like others.
 *
 * Matching takes time proportional to pattern × path at worst: a pattern comes from a model, and a translation to a
 * backtracking regular expression could be made to run for hours.
 */

export interface GlobPattern {
  readonly kind: 'glob';
  /** Leading directories without wildcards, joined by `/`; `''` when there are none, `/` for the root. */
  readonly base: string;
  /** Directory levels below `base` that can hold matches; `undefined` for any number. */
  readonly depth: number | undefined;
  /** Whether a path below `base`, written relative to it with `/`, matches. */
  matches(relativePath: string): boolean;
}

interface InvalidGlob {
  readonly kind: 'invalid';
  readonly reason: string;
}

const MAX_PATTERN_LENGTH = 1000;
const MAX_ALTERNATIVES = 64;

/** One element of a name pattern. */
type NameToken =
  | { readonly kind: 'literal'; readonly character: string }
  | { readonly kind: 'any_one' }
  | { readonly kind: 'any_many' }
  | { readonly kind: 'set'; readonly negated: boolean; readonly ranges: readonly CharacterRange[] };

interface CharacterRange {
  readonly from: string;
  readonly to: string;
}

type Segment =
  | { readonly kind: 'any_depth' }
  | { readonly kind: 'name'; readonly tokens: readonly NameToken[] };

export function compileGlob(pattern: string): GlobPattern | InvalidGlob {
  if (pattern === '') return { kind: 'invalid', reason: 'pattern is empty' };
  if (pattern.length > MAX_PATTERN_LENGTH) return { kind: 'invalid', reason: 'pattern is too long' };
  const { base, rest } = splitBase(pattern);
  try {
    const alternatives = expandBraces(rest).map((text) => text.split('/').filter(isPart).map(parseSegment));
    const isDeep = alternatives.some((segments) => segments.some((segment) => segment.kind === 'any_depth'));
    return {
      kind: 'glob',
      base,
      depth: isDeep ? undefined : Math.max(...alternatives.map((segments) => segments.length)),
      matches(relativePath) {
        const names = relativePath.split('/').map((name) => [...name]);
        return alternatives.some((segments) => matchSegments(segments, names));
      },
    };
  } catch (error) {
    if (error instanceof GlobSyntaxError) return { kind: 'invalid', reason: error.message };
    throw error;
  }
}

class GlobSyntaxError extends Error {}

function isPart(segment: string): boolean {
  return segment !== '' && segment !== '.';
}

function splitBase(pattern: string): { readonly base: string; readonly rest: string } {
  const segments = pattern.split('/');
  const firstWild = segments.findIndex((segment) => /[*?[\]{}\\]/.test(segment));
  // A pattern without wildcards still needs a last segment to compare.
  const count = firstWild === -1 ? segments.length - 1 : firstWild;
  const base = segments.slice(0, count).join('/');
  return {
    base: base === '' && pattern.startsWith('/') ? '/' : base,
    rest: segments.slice(count).join('/'),
  };
}

/** `a{b,c}d` → `abd`, `acd`; nested braces too. */
function expandBraces(text: string): readonly string[] {
  const open = findUnescaped(text, '{', 0);
  if (open === -1) return [text];
  const parts: string[] = [];
  let depth = 0;
  let start = open + 1;
  for (let index = open; index < text.length; index += 1) {
    const character = text[index];
    if (character === '\\') index += 1;
    else if (character === '{') depth += 1;
    else if (character === ',' && depth === 1) {
      parts.push(text.slice(start, index));
      start = index + 1;
    } else if (character === '}') {
      depth -= 1;
      if (depth > 0) continue;
      parts.push(text.slice(start, index));
      const tails = expandBraces(text.slice(index + 1));
      const heads = parts.flatMap(expandBraces);
      if (heads.length * tails.length > MAX_ALTERNATIVES)
        throw new GlobSyntaxError('too many alternatives in braces');
      return heads.flatMap((head) => tails.map((tail) => text.slice(0, open) + head + tail));
    }
  }
  throw new GlobSyntaxError('missing closing }');
}

function findUnescaped(text: string, wanted: string, from: number): number {
  for (let index = from; index < text.length; index += 1) {
    if (text[index] === '\\') index += 1;
    else if (text[index] === wanted) return index;
  }
  return -1;
}

function parseSegment(segment: string): Segment {
  if (segment === '**') return { kind: 'any_depth' };
  const characters = [...segment];
  const tokens: NameToken[] = [];
  for (let index = 0; index < characters.length; index += 1) {
    const character = characters[index] ?? '';
    if (character === '*') {
      if (tokens.at(-1)?.kind !== 'any_many') tokens.push({ kind: 'any_many' });
    } else if (character === '?') tokens.push({ kind: 'any_one' });
    else if (character === '[') {
      const set = parseSet(characters, index);
      tokens.push(set.token);
      index = set.end;
    } else if (character === '\\' && index + 1 < characters.length) {
      index += 1;
      tokens.push({ kind: 'literal', character: characters[index] ?? '' });
    } else tokens.push({ kind: 'literal', character });
  }
  return { kind: 'name', tokens };
}

/** A set that begins at `open`; `]` directly after the opening is an ordinary member. */
function parseSet(
  characters: readonly string[],
  open: number,
): { readonly token: NameToken; readonly end: number } {
  const negated = characters[open + 1] === '!' || characters[open + 1] === '^';
  const first = negated ? open + 2 : open + 1;
  const end = characters.indexOf(']', first + 1);
  if (end === -1) throw new GlobSyntaxError('missing closing ]');
  const ranges: CharacterRange[] = [];
  for (let index = first; index < end; index += 1) {
    const from = characters[index] ?? '';
    const isRange = characters[index + 1] === '-' && index + 2 < end;
    const to = isRange ? (characters[index + 2] ?? from) : from;
    if (isRange) index += 2;
    if (from > to) throw new GlobSyntaxError(`range ${from}-${to} is empty`);
    ranges.push({ from, to });
  }
  return { token: { kind: 'set', negated, ranges }, end };
}

/** Dynamic programming over segments, so that several `**` cost no more than their product. */
function matchSegments(segments: readonly Segment[], names: readonly (readonly string[])[]): boolean {
  let reachable = new Array<boolean>(names.length + 1).fill(false);
  reachable[0] = true;
  for (const segment of segments) {
    const next = new Array<boolean>(names.length + 1).fill(false);
    for (let index = 0; index <= names.length; index += 1) {
      if (segment.kind === 'any_depth') {
        next[index] = reachable[index] === true || (index > 0 && next[index - 1] === true);
      } else if (index > 0 && reachable[index - 1] === true) {
        next[index] = matchName(segment.tokens, names[index - 1] ?? []);
      }
    }
    reachable = next;
  }
  return reachable[names.length] === true;
}

/** Greedy matching that, after a mismatch, only ever moves the most recent `*`: no backtracking over earlier ones. */
function matchName(tokens: readonly NameToken[], name: readonly string[]): boolean {
  let token = 0;
  let position = 0;
  let starToken = -1;
  let starPosition = 0;
  while (position < name.length) {
    const current = tokens[token];
    if (current?.kind === 'any_many') {
      starToken = token;
      starPosition = position;
      token += 1;
    } else if (current !== undefined && matchesOne(current, name[position] ?? '')) {
      token += 1;
      position += 1;
    } else if (starToken !== -1) {
      starPosition += 1;
      position = starPosition;
      token = starToken + 1;
    } else return false;
  }
  while (tokens[token]?.kind === 'any_many') token += 1;
  return token === tokens.length;
}

function matchesOne(token: NameToken, character: string): boolean {
  switch (token.kind) {
    case 'literal':
      return token.character === character;
    case 'any_one':
      return true;
    case 'any_many':
      return false;
    case 'set':
      return token.ranges.some(({ from, to }) => from <= character && character <= to) !== token.negated;
    default:
      return token satisfies never;
  }
}
