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
 * Every run of lines of `content` that `matches` the lines of `target`, without overlaps. A target that ends with a
 * line end takes the line end of the last line with it.
 */
export function findLineWindows(
  content: string,
  target: string,
  matches: (window: readonly string[], wanted: readonly string[]) => boolean,
): readonly TextRange[] {
  const wanted = linesOf(target).map((line) => line.text);
  if (wanted.length === 0) return [];
  const lines = linesOf(content);
  const texts = lines.map((line) => line.text);
  const ranges: TextRange[] = [];
  for (let index = 0; index + wanted.length <= lines.length; index += 1) {
    if (!matches(texts.slice(index, index + wanted.length), wanted)) continue;
    ranges.push(lineRange(lines, index, index + wanted.length - 1, target.endsWith('\n')));
    index += wanted.length - 1;
  }
  return ranges;
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
