/**
 * Which lines changed between two texts: the shortest edit script by Myers' algorithm, after equal beginnings and
 * ends are set aside. Texts that differ too much to compare in bounded time are shown as replaced as a whole.
 */

export interface LineEdit {
  readonly kind: 'same' | 'removed' | 'added';
  readonly line: string;
}

/** Steps the search may need before the middle is taken as replaced; bounds time and memory to its square. */
const MAX_EDITS = 1000;

/** Edits that turn `before` into `after`, in order; within a change, removals come first. */
export function diffLines(before: readonly string[], after: readonly string[]): readonly LineEdit[] {
  const shortest = Math.min(before.length, after.length);
  let prefix = 0;
  while (prefix < shortest && before[prefix] === after[prefix]) prefix += 1;
  let suffix = 0;
  while (suffix < shortest - prefix && before.at(-1 - suffix) === after.at(-1 - suffix)) suffix += 1;
  const same = (line: string): LineEdit => ({ kind: 'same', line });
  return [
    ...before.slice(0, prefix).map(same),
    ...diffMiddle(before.slice(prefix, before.length - suffix), after.slice(prefix, after.length - suffix)),
    ...before.slice(before.length - suffix).map(same),
  ];
}

function diffMiddle(before: readonly string[], after: readonly string[]): readonly LineEdit[] {
  const trace = before.length > 0 && after.length > 0 ? findShortestTrace(before, after) : undefined;
  if (trace !== undefined) return removalsFirst(walkBack(trace, before, after));
  return [
    ...before.map((line): LineEdit => ({ kind: 'removed', line })),
    ...after.map((line): LineEdit => ({ kind: 'added', line })),
  ];
}

/** Furthest position in `before` on each diagonal, one table per number of edits. */
type Trace = readonly (readonly number[])[];

function findShortestTrace(before: readonly string[], after: readonly string[]): Trace | undefined {
  const limit = Math.min(MAX_EDITS, before.length + after.length);
  const offset = limit + 1;
  const furthest = new Array<number>(2 * limit + 3).fill(0);
  const trace: number[][] = [];
  for (let edits = 0; edits <= limit; edits += 1) {
    // Only the diagonals reached so far are kept: the square of the edits, not of the text.
    trace.push(furthest.slice(offset - edits - 1, offset + edits + 2));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let x = startOf(furthest, offset, diagonal, edits);
      let y = x - diagonal;
      while (x < before.length && y < after.length && before[x] === after[y]) {
        x += 1;
        y += 1;
      }
      furthest[offset + diagonal] = x;
      if (x >= before.length && y >= after.length) return trace;
    }
  }
  return undefined;
}

/** Where a diagonal begins after one more edit: an addition comes from the diagonal above, a removal from below. */
function startOf(furthest: readonly number[], offset: number, diagonal: number, edits: number): number {
  if (isAddition(furthest, offset, diagonal, edits)) return furthest[offset + diagonal + 1] ?? 0;
  return edits === 0 ? 0 : (furthest[offset + diagonal - 1] ?? 0) + 1;
}

function isAddition(furthest: readonly number[], offset: number, diagonal: number, edits: number): boolean {
  if (diagonal === -edits) return true;
  const below = furthest[offset + diagonal - 1] ?? 0;
  const above = furthest[offset + diagonal + 1] ?? 0;
  return diagonal !== edits && below < above;
}

function walkBack(trace: Trace, before: readonly string[], after: readonly string[]): readonly LineEdit[] {
  const edits: LineEdit[] = [];
  let x = before.length;
  let y = after.length;
  for (let count = trace.length - 1; count >= 0; count -= 1) {
    const table = trace[count] ?? [];
    const offset = count + 1;
    const diagonal = x - y;
    const start = startOf(table, offset, diagonal, count);
    while (x > start) {
      x -= 1;
      y -= 1;
      edits.push({ kind: 'same', line: before[x] ?? '' });
    }
    if (count === 0) break;
    if (isAddition(table, offset, diagonal, count)) {
      y -= 1;
      edits.push({ kind: 'added', line: after[y] ?? '' });
    } else {
      x -= 1;
      edits.push({ kind: 'removed', line: before[x] ?? '' });
    }
  }
  return edits.reverse();
}

/** Orders each run of changes as removals, then additions. */
function removalsFirst(edits: readonly LineEdit[]): readonly LineEdit[] {
  const ordered: LineEdit[] = [];
  let added: LineEdit[] = [];
  for (const edit of edits) {
    if (edit.kind === 'added') {
      added.push(edit);
      continue;
    }
    if (edit.kind === 'same') {
      ordered.push(...added);
      added = [];
    }
    ordered.push(edit);
  }
  return [...ordered, ...added];
}
