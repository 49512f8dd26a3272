import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../../test/support/tool-fixture.ts';
import { createFileDiff, diffStats } from './file-diff.ts';

const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => `line ${index + 1}\n`).join('');

describe('a file diff', () => {
  test('has hunks with three lines of context and no header', () => {
    const after = numbered(20).replace('line 10\n', 'ten\nten and a half\n');
    expect(createFileDiff('a.txt', numbered(20), after)).toEqual({
      path: 'a.txt',
      added: 2,
      removed: 1,
      truncated: false,
      diff: '@@ -7,7 +7,8 @@\n line 7\n line 8\n line 9\n-line 10\n+ten\n+ten and a half\n line 11\n line 12\n line 13',
    });
  });

  test('joins changes that are close and separates those that are not', () => {
    const close = numbered(20).replace('line 5\n', 'five\n').replace('line 10\n', 'ten\n');
    expect(createFileDiff('a', numbered(20), close)?.diff.match(/@@ /g)).toHaveLength(1);
    const apart = numbered(30).replace('line 5\n', 'five\n').replace('line 20\n', 'twenty\n');
    expect(createFileDiff('a', numbered(30), apart)?.diff.match(/^@@ /gm)).toHaveLength(2);
  });

  test('is nothing when nothing changed', () => {
    expect(createFileDiff('a', 'x\n', 'x\n')).toBeUndefined();
    expect(diffStats(undefined)).toBe('');
  });

  test('is cut at the limit, which is never below four lines', () => {
    const diff = createFileDiff('a', '', numbered(50), 10);
    expect(diff).toMatchObject({ added: 50, removed: 0, truncated: true });
    expect(diff?.diff.split('\n')).toHaveLength(11);
    expect(diff?.diff.endsWith('… (diff truncated at 10 lines)')).toBe(true);
    expect(createFileDiff('a', '', numbered(50), 0)?.diff).toContain('truncated at 4 lines');
  });

  test('is understood by patch', async () => {
    const directory = await temporaryDirectory();
    const file = path.join(directory, 'file.txt');
    const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { minLength: 1, maxLength: 25 });
    const cases = fc.sample(fc.tuple(text, text), { numRuns: 25, seed: 7 });
    for (const [left, right] of cases) {
      const before = `${left.join('\n')}\n`;
      const after = `${right.join('\n')}\n`;
      const diff = createFileDiff('file.txt', before, after);
      if (diff === undefined) continue;
      await writeFile(file, before);
      const patch = `--- file.txt\n+++ file.txt\n${diff.diff}\n`;
      execFileSync('git', ['apply', '--unidiff-zero', '-'], { cwd: directory, input: patch });
      expect(await readFile(file, 'utf8')).toBe(after);
    }
  });
});
