import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diffLines } from './line-diff.ts';

function kinds(before: string, after: string): string {
  const marks = { same: '=', removed: '-', added: '+' };
  return diffLines([...before], [...after])
    .map((edit) => marks[edit.kind] + edit.line)
    .join(' ');
}

/** Length of the longest common subsequence, by the plain table. */
function commonLength(a: readonly string[], b: readonly string[]): number {
  let row = new Array<number>(b.length + 1).fill(0);
  for (const left of a) {
    const next = [0];
    b.forEach((right, index) => {
      next.push(left === right ? (row[index] ?? 0) + 1 : Math.max(row[index + 1] ?? 0, next[index] ?? 0));
    });
    row = next;
  }
  return row.at(-1) ?? 0;
}

describe('a line diff', () => {
  test('lists removals before additions', () => {
    expect(kinds('abc', 'axc')).toBe('=a -b +x =c');
    expect(kinds('abcd', 'axyd')).toBe('=a -b -c +x +y =d');
  });

  test('of equal, empty and disjoint texts', () => {
    expect(kinds('', '')).toBe('');
    expect(kinds('ab', 'ab')).toBe('=a =b');
    expect(kinds('', 'ab')).toBe('+a +b');
    expect(kinds('ab', '')).toBe('-a -b');
    expect(kinds('ab', 'xy')).toBe('-a -b +x +y');
  });

  test('rebuilds both texts and is as short as possible', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 14 });
    fc.assert(
      fc.property(text, text, (before, after) => {
        const edits = diffLines(before, after);
        expect(edits.filter((edit) => edit.kind !== 'added').map((edit) => edit.line)).toEqual(before);
        expect(edits.filter((edit) => edit.kind !== 'removed').map((edit) => edit.line)).toEqual(after);
        expect(edits.filter((edit) => edit.kind === 'same')).toHaveLength(commonLength(before, after));
      }),
      { numRuns: 500 },
    );
  });

  test('of large texts without common ground ends before the test does', () => {
    const before = Array.from({ length: 20_000 }, (_, index) => `old ${index}`);
    const after = Array.from({ length: 20_000 }, (_, index) => `new ${index}`);
    const edits = diffLines(before, after);
    expect(edits).toHaveLength(40_000);
  });
});
