import { describe, expect, it } from 'vitest';
import { lockfileProblems, problemsOf } from './hygiene.ts';

describe('hygiene', () => {
  it.each([
    ['const path = "/wor' + 'k/somewhere/file";', 'a path of one machine'],
    ['  // TO' + 'DO: later', 'unfinished work'],
    [`it.sk${'ip'}('x', () => {});`, 'a test that is switched off or alone'],
    [` * ${'a word '.repeat(17)}`, 'a comment wider than 120 columns'],
    [`describe.on${'ly'}('x', () => {});`, 'a test that is switched off or alone'],
  ])('reports %s', (line, reason) => {
    expect(problemsOf('a.ts', `fine\n${line}\n`)).toEqual([expect.stringContaining(`a.ts:2: ${reason}`)]);
  });

  it.each([
    "join(dir, 'TODO.json')",
    "'/home/u/.ssh/id_rsa'",
    'the work/life/balance',
    'it.skipIf(noBrowser)',
    ` * ${'a word '.repeat(16)}`,
    `// see https://example.com/${'x'.repeat(120)}`,
  ])('accepts %s', (line) => {
    expect(problemsOf('a.ts', line)).toEqual([]);
  });

  it('reports a download address in the lockfile', () => {
    expect(lockfileProblems('{"resolved": "https://registry.example/x.tgz"}')).toHaveLength(1);
    expect(lockfileProblems('{"resolved": "web", "link": true}')).toEqual([]);
  });
});
