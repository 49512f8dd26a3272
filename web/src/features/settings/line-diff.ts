/** How a nested value changes, line by line: what both begin and end with is left out. */

export interface LineDiff {
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

export function lineDiff(before: string, after: string): LineDiff {
  const [left, right] = [before.split('\n'), after.split('\n')];
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) start += 1;
  let end = 0;
  const most = Math.min(left.length, right.length) - start;
  while (end < most && left.at(-1 - end) === right.at(-1 - end)) end += 1;
  return { removed: left.slice(start, left.length - end), added: right.slice(start, right.length - end) };
}
