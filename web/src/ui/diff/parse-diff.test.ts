import { describe, expect, it } from 'vitest';
import { parseDiff } from './parse-diff.ts';

describe('parseDiff', () => {
  it('numbers the lines of both sides from the hunk head', () => {
    const diff = '--- a/x\n+++ b/x\n@@ -10,3 +12,3 @@ fn\n same\n-old\n+new\n+more\n';
    expect(parseDiff(diff)).toEqual([
      { kind: 'hunk', text: '@@ -10,3 +12,3 @@ fn', oldNumber: null, newNumber: null },
      { kind: 'context', text: 'same', oldNumber: 10, newNumber: 12 },
      { kind: 'removed', text: 'old', oldNumber: 11, newNumber: null },
      { kind: 'added', text: 'new', oldNumber: null, newNumber: 13 },
      { kind: 'added', text: 'more', oldNumber: null, newNumber: 14 },
    ]);
  });

  it('keeps removed lines that begin like a file name', () => {
    expect(parseDiff('@@ -1 +1 @@\n--- old\n+++ new').map((line) => line.kind)).toEqual([
      'hunk',
      'removed',
      'added',
    ]);
  });

  it('reads a diff without hunk heads from line 1 and leaves out the note about a missing line end', () => {
    expect(parseDiff('+a\n\\ No newline at end of file')).toEqual([
      { kind: 'added', text: 'a', oldNumber: null, newNumber: 1 },
    ]);
  });
});
