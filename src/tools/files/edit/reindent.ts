/**
 * Moves a replacement to the indentation of the text it replaces. Only when the difference is the same for every
 * line, and the replacement begins as far in as the text it was written for: then the model was off by a fixed
 * amount. Otherwise the replacement stays as it is.
 */
import { linesOf } from './line-windows.ts';

export function reindent(replacement: string, target: string, matched: string): string {
  const wanted = linesOf(target).map((line) => line.text);
  const found = linesOf(matched).map((line) => line.text);
  if (wanted.length !== found.length) return replacement;
  const pairs = wanted
    .map((line, index) => [line, found[index] ?? ''] as const)
    .filter(([line]) => line.trim() !== '');
  const shifts = pairs.map(([line, actual]) => indentShift(indentOf(line), indentOf(actual)));
  const [first] = shifts;
  if (first === undefined || shifts.some((shift) => !isSameShift(shift, first))) return replacement;
  if (firstIndent(replacement) !== firstIndent(target)) return replacement;
  return replacement
    .split('\n')
    .map((line) => applyShift(line, first))
    .join('\n');
}

/** Indentation to put in front, or to take away. */
interface IndentShift {
  readonly add: string;
  readonly remove: string;
}

/** Indentation of the first line that has text. */
function firstIndent(text: string): string {
  const line = linesOf(text).find((candidate) => candidate.text.trim() !== '');
  return line === undefined ? '' : indentOf(line.text);
}

function indentOf(line: string): string {
  return /^[ \t]*/.exec(line)?.[0] ?? '';
}

function indentShift(from: string, to: string): IndentShift | undefined {
  if (to.endsWith(from)) return { add: to.slice(0, to.length - from.length), remove: '' };
  if (from.endsWith(to)) return { add: '', remove: from.slice(0, from.length - to.length) };
  return undefined;
}

function isSameShift(left: IndentShift | undefined, right: IndentShift): boolean {
  return left !== undefined && left.add === right.add && left.remove === right.remove;
}

function applyShift(line: string, shift: IndentShift): string {
  if (line.trim() === '') return line;
  return line.startsWith(shift.remove) ? shift.add + line.slice(shift.remove.length) : line;
}
