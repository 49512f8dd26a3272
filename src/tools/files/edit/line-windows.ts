/** Finds runs of whole lines that correspond to the lines of a text, compared in any way. */
import type { TextRange } from './edit-strategy.ts';

interface TextLine {
  /** Without its line end. */
  readonly text: string;
  readonly start: number;
  /** Before the line end. */
  readonly end: number;
  /** After the line end; equals `end` for a last line without one. */
  readonly next: number;
}

/** Lines of a text; a final line end does not begin another line. */
export function linesOf(text: string): readonly TextLine[] {
  const lines: TextLine[] = [];
  for (const match of text.matchAll(/([^\n]*?)(\r?\n|$)/g)) {
    const [whole, body = ''] = match;
    if (whole === '' && match.index === text.length) break;
    const end = match.index + body.length;
    lines.push({ text: body, start: match.index, end, next: match.index + whole.length });
  }
  return lines;
}

/**
 * Every run of lines of `content` whose lines are those of `target` but for white space around them, and that
 * `isMeant`, without overlaps. A target that ends with a line end takes the line end of the last line with it. Takes
 * time with the length of both, not with their product: files can have a million lines.
 */
export function findLineWindows(
  content: string,
  target: string,
  isMeant: (window: readonly string[], wanted: readonly string[]) => boolean = () => true,
): readonly TextRange[] {
  const wanted = linesOf(target).map((line) => line.text);
  if (wanted.length === 0) return [];
  const lines = linesOf(content);
  const ranges: TextRange[] = [];
  let free = 0;
  for (const first of findRuns(
    lines.map(trimmedText),
    wanted.map((line) => line.trim()),
  )) {
    if (first < free) continue;
    const window = lines.slice(first, first + wanted.length);
    if (
      !isMeant(
        window.map((line) => line.text),
        wanted,
      )
    )
      continue;
    free = first + wanted.length;
    ranges.push(lineRange(lines, first, free - 1, target.endsWith('\n')));
  }
  return ranges;
}

function trimmedText({ text }: TextLine): string {
  return text.trim();
}

/** Where `wanted` begins in `lines`, overlapping occurrences included, by the algorithm of Knuth, Morris and Pratt. */
function* findRuns(lines: readonly string[], wanted: readonly string[]): Generator<number> {
  const borders = bordersOf(wanted);
  let matched = 0;
  for (const [index, line] of lines.entries()) {
    matched = extend(matched, line, wanted, borders);
    if (matched < wanted.length) continue;
    yield index + 1 - matched;
    matched = borders[matched] ?? 0;
  }
}

/** For each length, the longest shorter beginning of `wanted` with which a beginning of that length also ends. */
function bordersOf(wanted: readonly string[]): readonly number[] {
  const borders = [0, 0];
  for (const line of wanted.slice(1)) borders.push(extend(borders.at(-1) ?? 0, line, wanted, borders));
  return borders;
}

/** How many lines of `wanted` are matched after one more line. */
function extend(
  matched: number,
  line: string,
  wanted: readonly string[],
  borders: readonly number[],
): number {
  let length = matched;
  while (length > 0 && (length === wanted.length || wanted[length] !== line)) length = borders[length] ?? 0;
  return wanted[length] === line ? length + 1 : 0;
}

/** From the beginning of line `first` to the end of line `last`. */
export function lineRange(
  lines: readonly TextLine[],
  first: number,
  last: number,
  withLineEnd: boolean,
): TextRange {
  const closing = lines[last];
  return {
    start: lines[first]?.start ?? 0,
    end: (withLineEnd ? closing?.next : closing?.end) ?? 0,
  };
}

/** True when both have the same length and every pair is equal under `normalise`. */
export function equalLines(
  left: readonly string[],
  right: readonly string[],
  normalise: (line: string) => string,
): boolean {
  return left.every((line, index) => normalise(line) === normalise(right[index] ?? ''));
}
