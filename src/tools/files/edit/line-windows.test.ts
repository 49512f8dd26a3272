import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyEdit } from './apply-edit.ts';
import { findLineWindows, linesOf } from './line-windows.ts';

const line = fc.constantFrom('a', ' a', 'a ', 'b', '\tb', '');
const text = (maxLength: number) =>
  fc.array(line, { minLength: 1, maxLength }).map((lines) => lines.join('\n'));

/** The same by comparing every run with every line. */
function slowly(content: string, target: string): readonly number[] {
  const lines = linesOf(content).map((each) => each.text.trim());
  const wanted = linesOf(target).map((each) => each.text.trim());
  const starts: number[] = [];
  for (let index = 0; wanted.length > 0 && index + wanted.length <= lines.length; index += 1) {
    if (!wanted.every((each, offset) => lines[index + offset] === each)) continue;
    starts.push(linesOf(content)[index]?.start ?? -1);
    index += wanted.length - 1;
  }
  return starts;
}

test('the runs found are those that comparing everything finds', () => {
  fc.assert(
    fc.property(text(40), text(5), (content, target) => {
      expect(findLineWindows(content, target).map(({ start }) => start)).toEqual(slowly(content, target));
    }),
    { numRuns: 2000 },
  );
});

test('a run that is not meant does not hide one that overlaps with it', () => {
  const ranges = findLineWindows('a\na\nb', 'a\na', () => false);
  expect(ranges).toEqual([]);
  let asked = 0;
  expect(findLineWindows(' a\na\na', 'a\na', () => ++asked === 2)).toEqual([{ start: 3, end: 6 }]);
});

test('a long text that a long file does not have is looked for in no noticeable time', () => {
  const content = Array.from({ length: 400_000 }, (_, index) => `    line ${index % 7}`).join('\n');
  const oldString = Array.from({ length: 1000 }, (_, index) => `    line ${(index + 1) % 7}`).join('\n');
  const edit = applyEdit({ content, oldString: `${oldString}\nend`, newString: 'x', replaceAll: false });
  expect(edit.kind).toBe('failed');
});
