/**
 * Regular expressions of a model, tested against lines. RE2 syntax: matching takes time proportional to expression ×
 * line.
 *
 * Invariant: neither compiling nor one line takes noticeable time. That needs more than a linear engine: `.{0,1000}` is
 * an expression of a thousand parts, and a few of those on one long line run for many seconds. So an expression is
 * measured before it is compiled, and the larger it is, the shorter is the part of a line that it is tested on.
 */

export interface LinePattern {
  readonly kind: 'compiled';
  matches(line: string): boolean;
}

interface InvalidPattern {
  readonly kind: 'invalid';
  readonly reason: string;
}

/** Elements of an expression, repeated ones counted as often as they may occur. */
const MAX_ELEMENTS = 2000;
/** Characters of a line times instructions of an expression. */
const MAX_STEPS = 1_000_000;
/** Longer lines are matched by their beginning only. */
const MAX_LINE_CHARS = 20_000;

/** Loads the engine on first use. */
export async function compileLinePattern(source: string): Promise<LinePattern | InvalidPattern> {
  if (source.length > MAX_ELEMENTS || countElements(source) > MAX_ELEMENTS) {
    return { kind: 'invalid', reason: 'it is too large; use smaller repetition counts, or * and +' };
  }
  const { RE2JS, RE2JSException } = await import('re2js');
  try {
    const regex = RE2JS.compile(source);
    const maxChars = Math.min(MAX_LINE_CHARS, Math.ceil(MAX_STEPS / regex.programSize()));
    return { kind: 'compiled', matches: (line) => regex.test(line.slice(0, maxChars)) };
  } catch (error) {
    if (error instanceof RE2JSException) return { kind: 'invalid', reason: error.message };
    throw error;
  }
}

const TOKEN = /\\[pP]\{[^}]*\}|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{(?<min>\d+)(?:,(?<max>\d*))?\}|[\s\S]/gu;

/** About as many parts as the compiled expression will have, without compiling it. Never less than a token each. */
function countElements(source: string): number {
  const outer: number[] = [];
  let sum = 0;
  let last = 0;
  for (const { 0: token, groups } of source.matchAll(TOKEN)) {
    if (token === '(') {
      outer.push(sum + last);
      sum = 0;
      last = 0;
    } else if (token === ')') {
      last += sum;
      sum = outer.pop() ?? 0;
    } else if (groups?.min !== undefined) last *= Math.max(1, Number(groups.max || groups.min));
    else {
      sum += last;
      last = 1;
    }
  }
  return outer.reduce((total, part) => total + part, sum + last);
}
