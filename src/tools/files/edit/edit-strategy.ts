/** A way to find the text that an edit means, from exact to tolerant. */

/** Half-open range of UTF-16 indexes. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

export interface EditStrategy {
  readonly name: string;
  /** Every place that matches, in order, without overlaps. Pure; `target` is not empty. */
  find(content: string, target: string): readonly TextRange[];
  /** The replacement as it fits the matched text; unchanged when absent. */
  adapt?(replacement: string, target: string, matched: string): string;
}

/** Every occurrence of `needle`, without overlaps. */
export function findAll(haystack: string, needle: string): readonly TextRange[] {
  const ranges: TextRange[] = [];
  for (
    let start = haystack.indexOf(needle);
    start !== -1;
    start = haystack.indexOf(needle, start + needle.length)
  ) {
    ranges.push({ start, end: start + needle.length });
  }
  return ranges;
}
