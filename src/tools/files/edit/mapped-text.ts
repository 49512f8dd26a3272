/**
 * Text rewritten piece by piece with the way back: a range found in the rewritten text names the range of the
 * original it came from. A match that begins or ends inside a rewritten piece covers the whole piece.
 */
import { findAll, type TextRange } from './edit-strategy.ts';

interface MappedText {
  readonly text: string;
  /** For every index of `text`: where the piece it belongs to begins and ends in the original. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/** Rewrites every match of `pattern` (global) by `rewrite`; everything else stays. */
export function rewriteWithMap(
  original: string,
  pattern: RegExp,
  rewrite: (piece: string) => string,
): MappedText {
  let text = '';
  const starts: number[] = [];
  const ends: number[] = [];
  const copy = (from: number, to: number) => {
    for (let index = from; index < to; index += 1) {
      starts.push(index);
      ends.push(index + 1);
    }
    text += original.slice(from, to);
  };
  let position = 0;
  for (const match of original.matchAll(pattern)) {
    const [piece] = match;
    copy(position, match.index);
    const replacement = rewrite(piece);
    position = match.index + piece.length;
    for (let index = 0; index < replacement.length; index += 1) {
      starts.push(match.index);
      ends.push(position);
    }
    text += replacement;
  }
  copy(position, original.length);
  return { text, starts, ends };
}

/** Where `needle` occurs in the rewritten text, as ranges of the original. */
export function findMapped(mapped: MappedText, needle: string): readonly TextRange[] {
  return findAll(mapped.text, needle).map(({ start, end }) => ({
    start: mapped.starts[start] ?? 0,
    end: mapped.ends[end - 1] ?? 0,
  }));
}
