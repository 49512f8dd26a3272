/**
 * The eight ways `edit_file` finds what to replace, in the order they are tried (tools §6). Each is a pure function
 * of the file's text and the wanted text.
 */
import { findBlockByAnchors } from './block-anchor.ts';
import { type EditStrategy, findAll } from './edit-strategy.ts';
import { equalLines, findLineWindows } from './line-windows.ts';
import { findMapped, rewriteWithMap } from './mapped-text.ts';
import { reindent } from './reindent.ts';

/** Character by character. */
export const exact: EditStrategy = { name: 'exact', find: findAll };

/** Whole lines, white space around each ignored. */
export const lineTrimmed: EditStrategy = {
  name: 'line_trimmed',
  find: (content, target) => (target.trim() === '' ? [] : findLineWindows(content, target)),
  adapt: reindent,
};

/** Runs of blanks and tabs count as one blank. */
export const whitespaceNormalized: EditStrategy = {
  name: 'whitespace_normalized',
  find(content, target) {
    const wanted = target.replace(BLANKS, ' ');
    return wanted.trim() === ''
      ? []
      : findMapped(
          rewriteWithMap(content, BLANKS, () => ' '),
          wanted,
        );
  },
  adapt: reindent,
};

const BLANKS = /[ \t]+/g;

/** Whole lines, the indentation common to all of them ignored. */
export const indentationFlexible: EditStrategy = {
  name: 'indentation_flexible',
  find: (content, target) =>
    target.trim() === ''
      ? []
      : findLineWindows(content, target, (window, wanted) =>
          equalLines(dedent(window), dedent(wanted), (line) => line),
        ),
  adapt: reindent,
};

/** The wanted text once unescaped: `\n`, `\t`, quotes and backslashes written out by a model that escaped twice. */
export const escapeNormalized: EditStrategy = {
  name: 'escape_normalized',
  find(content, target) {
    const unescaped = unescapeText(target);
    return unescaped === target ? [] : findAll(content, unescaped);
  },
  adapt: (replacement) => unescapeText(replacement),
};

/** White space around the whole wanted text ignored. */
export const trimmedBoundary: EditStrategy = {
  name: 'trimmed_boundary',
  find(content, target) {
    const trimmed = target.trim();
    return trimmed === target || trimmed === '' ? [] : findAll(content, trimmed);
  },
  adapt(replacement, target) {
    const leading = target.slice(0, target.length - target.trimStart().length);
    const trailing = target.slice(target.trimEnd().length);
    const start = replacement.startsWith(leading) ? leading.length : 0;
    const end = replacement.endsWith(trailing) ? replacement.length - trailing.length : replacement.length;
    return replacement.slice(start, Math.max(start, end));
  },
};

/** Typographic quotes, dashes, ellipses and blanks count as their ASCII forms. */
export const unicodeNormalized: EditStrategy = {
  name: 'unicode_normalized',
  find: (content, target) =>
    findMapped(rewriteWithMap(content, TYPOGRAPHIC, asciiForm), target.replace(TYPOGRAPHIC, asciiForm)),
};

const ASCII_FORMS: readonly (readonly [characters: string, ascii: string])[] = [
  ['\u2018\u2019\u201a\u201b\u2032', "'"],
  ['\u201c\u201d\u201e\u201f\u2033', '"'],
  ['\u2010\u2011\u2012\u2013\u2014\u2015\u2212', '-'],
  ['\u2026', '...'],
  ['\u00a0\u2002\u2003\u2007\u2009\u202f', ' '],
];
const TYPOGRAPHIC = new RegExp(`[${ASCII_FORMS.map(([characters]) => characters).join('')}]`, 'g');

/** First and last line equal, and what lies between similar. */
export const blockAnchor: EditStrategy = {
  name: 'block_anchor',
  find: findBlockByAnchors,
  adapt: reindent,
};

export const EDIT_STRATEGIES: readonly EditStrategy[] = [
  exact,
  lineTrimmed,
  whitespaceNormalized,
  indentationFlexible,
  escapeNormalized,
  trimmedBoundary,
  unicodeNormalized,
  blockAnchor,
];

function asciiForm(character: string): string {
  return ASCII_FORMS.find(([characters]) => characters.includes(character))?.[1] ?? character;
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '"': '"',
  "'": "'",
  '\\': '\\',
};

function unescapeText(text: string): string {
  return text.replace(/\\([ntr"'\\])/g, (_whole, letter: string) => ESCAPES[letter] ?? letter);
}

function dedent(lines: readonly string[]): readonly string[] {
  const indents = lines
    .filter((line) => line.trim() !== '')
    .map((line) => /^[ \t]*/.exec(line)?.[0].length ?? 0);
  const common = Math.min(...indents, Number.MAX_SAFE_INTEGER);
  return lines.map((line) => (line.trim() === '' ? '' : line.slice(common)));
}
