import { describe, expect, test } from 'vitest';
import { compileLinePattern } from './line-pattern.ts';

async function matches(source: string, line: string): Promise<boolean | string> {
  const compiled = await compileLinePattern(source);
  return compiled.kind === 'compiled' ? compiled.matches(line) : compiled.reason;
}

const TOO_LARGE = 'it is too large; use smaller repetition counts, or * and +';

describe('an expression', () => {
  test.each([
    ['\\bfn\\s+(?:read|write)_\\w+\\(', 'pub fn read_all(', true],
    ['[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}', 'id 01234567-89ab-cdef-0123-456789abcdef', true],
    ['key.{0,1000}value', `key${' '.repeat(400)}value`, true],
    ['[[:alpha:]]{3}[^]]x', 'abc1x', true],
    ['\\{1999999\\}', '{1999999}', true],
    ['[{]9999[}]', '{9999}', true],
    ['\\p{Lu}{2}', 'ÄÖ', true],
    ['^b', 'ab', false],
  ])('%s is compiled', async (source, line, expected) => {
    expect(await matches(source, line)).toBe(expected);
  });

  test.each([
    ['many repetitions', '[a-c]{0,900}'.repeat(10)],
    ['repetitions of repetitions', `((?:${'abc'.repeat(30)}){10}){10}`],
    ['a repeated long text', `(${'a'.repeat(900)}){1000}`],
    ['a group that is not closed', `(${'a{900}'.repeat(3)}`],
    ['a long text', 'x'.repeat(3000)],
    ['classes that are not closed', '['.repeat(100_000)],
    ['repetitions without an upper bound', 'a{900,}'.repeat(3)],
  ])('with %s is refused before it is compiled', async (_what, source) => {
    expect(await matches(source, 'abc')).toBe(TOO_LARGE);
  });

  test('that is not one says why', async () => {
    expect(await matches('(', 'x')).toContain('missing closing )');
  });
});

describe('a long line', () => {
  test('is matched in its first 20000 characters by an ordinary expression', async () => {
    expect(await matches('needle', `${'x'.repeat(19_000)}needle`)).toBe(true);
    expect(await matches('needle', `${'x'.repeat(20_000)}needle`)).toBe(false);
  });

  test('is matched in fewer by a large one, whose every character takes longer', async () => {
    const large = '[a-c]{0,900}[a-c]{0,900}xb';
    expect(await matches(large, `${'abc'.repeat(60)}xb`)).toBe(true);
    expect(await matches(large, `${'abc'.repeat(200)}xb`)).toBe(false);
  });
});
