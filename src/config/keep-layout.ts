/**
 * Keeps a changed YAML text as it was written wherever nothing changed: indentation, spaces, notation of numbers, line
 * ends.
 *
 * A mapping is taken apart into what stands before its first key, the comments in front of each key, the key with its
 * value, and what stands below the last one. Only the changed keys with their values are taken from the new text.
 *
 * Invariant: the result says the same as the new text, has every comment of it and none twice; where that cannot be
 * done, it is the new text itself.
 */
import { isDeepStrictEqual } from 'node:util';
import type * as Yaml from 'yaml';

/** `changed`: keys of the first level whose value differs, or that one of the texts lacks. */
export function keepLayout(
  yaml: typeof Yaml,
  before: string,
  after: string,
  changed: ReadonlySet<string>,
): string {
  const [old, fresh] = [takeApart(yaml, before), takeApart(yaml, after)];
  if (old === undefined || fresh === undefined) return after;
  const text = old.head + joinParts(old, fresh, changed, before.includes('\r\n') ? '\r\n' : '\n') + old.foot;
  return isFaithful(yaml, { text, before, after }) ? text : after;
}

interface Part {
  readonly comments: string;
  readonly body: string;
}

interface Layout {
  readonly head: string;
  readonly parts: ReadonlyMap<string, Part>;
  readonly foot: string;
}

/** `undefined` for anything but a mapping with a key per line. */
function takeApart(yaml: typeof Yaml, text: string): Layout | undefined {
  const { contents } = yaml.parseDocument(text, { intAsBigInt: true });
  if (!yaml.isMap(contents)) return undefined;
  if (contents.items.length === 0) return { head: '', parts: new Map(), foot: '' };
  if (contents.flow === true) return undefined;
  const keys = contents.items.map(({ key }) => (yaml.isScalar(key) ? key : undefined));
  const starts = keys.map((key) => text.lastIndexOf('\n', (key?.range?.[0] ?? 0) - 1) + 1);
  const parts = new Map<string, Part>();
  let from = text.startsWith(BYTE_ORDER_MARK) && starts[0] === 0 ? 1 : (starts[0] ?? 0);
  const head = text.slice(0, from);
  let comments = '';
  for (const [index, key] of keys.entries()) {
    const whole = text.slice(from, starts[index + 1] ?? text.length);
    const body = whole.replace(TRAILING_COMMENTS, '');
    parts.set(String(key?.value), { comments, body });
    comments = whole.slice(body.length);
    from += whole.length;
  }
  return { head, parts, foot: comments };
}

const BYTE_ORDER_MARK = '\uFEFF';
/** Blank lines, and comments at the beginning of a line, which belong to what follows. */
const TRAILING_COMMENTS = /(?:(?<![^\n])(?:[ \t]*\r?\n|#[^\n]*(?:\n|$)))+$/;

function joinParts(old: Layout, fresh: Layout, changed: ReadonlySet<string>, lineEnd: string): string {
  const keys = [...fresh.parts.keys()];
  const commentsOf = (key: string | undefined) =>
    key === undefined ? old.foot : (old.parts.get(key)?.comments ?? '');
  const texts = keys.map((key, index) => {
    const known = old.parts.get(key);
    const next = keys[index + 1];
    const body =
      known === undefined || changed.has(key)
        ? withoutTaken(fresh.parts.get(key)?.body ?? '', commentsOf(next)).replaceAll('\n', lineEnd)
        : known.body;
    return `${known?.comments ?? ''}${body}${body.endsWith('\n') ? '' : lineEnd}`;
  });
  return texts.join('');
}

/** The printer may draw comments in front of the next key into the value before it. */
function withoutTaken(body: string, comments: string): string {
  const taken = new Set(comments.split('\n').map((line) => line.trim()));
  const lines = body.trimEnd().split('\n');
  while (lines.length > 1 && taken.has(lines.at(-1)?.trim() ?? '')) lines.pop();
  return `${lines.join('\n')}\n`;
}

interface Texts {
  readonly text: string;
  readonly before: string;
  readonly after: string;
}

function isFaithful(yaml: typeof Yaml, { text, before, after }: Texts): boolean {
  const [document, wanted] = [text, after].map((source) => yaml.parseDocument(source, { intAsBigInt: true }));
  if (document === undefined || document.errors.length > 0) return false;
  if (!isDeepStrictEqual(document.toJS() ?? {}, wanted?.toJS() ?? {})) return false;
  const [kept, old, fresh] = [
    countComments(yaml, text),
    countComments(yaml, before),
    countComments(yaml, after),
  ];
  const isComplete = [...fresh].every(([comment, count]) => count <= (kept.get(comment) ?? 0));
  return isComplete && [...kept].every(([comment, count]) => count <= (old.get(comment) ?? 0));
}

/** How often each comment stands in a text. */
function countComments(yaml: typeof Yaml, text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const token of new yaml.Lexer().lex(text)) {
    const comment = token.trimEnd();
    if (comment.startsWith('#')) counts.set(comment, (counts.get(comment) ?? 0) + 1);
  }
  return counts;
}
