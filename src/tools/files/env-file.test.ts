import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../../../test/support/tool-fixture.ts';
import { loadEnvFiles, parseEnvFile } from './env-file.ts';

test('an env file has one pair per line, optional export, and one pair of quotes stripped', () => {
  const text = [
    '# comment',
    '',
    'PLAIN=value',
    '  export EXPORTED = spaced ',
    'DOUBLE="a b"',
    "SINGLE='a b'",
    'MIXED="a\'',
    'HASH=a # not a comment',
    'EQUALS=a=b=c',
    'EMPTY=',
    'NESTED=$PLAIN',
    'TWICE=first',
    'TWICE=second',
    '1BAD=x',
    'no pair',
    'WINDOWS=line\r',
  ].join('\n');
  expect(parseEnvFile(text)).toEqual({
    PLAIN: 'value',
    EXPORTED: 'spaced',
    DOUBLE: 'a b',
    SINGLE: 'a b',
    MIXED: '"a\'',
    HASH: 'a # not a comment',
    EQUALS: 'a=b=c',
    EMPTY: '',
    NESTED: '$PLAIN',
    TWICE: 'second',
    WINDOWS: 'line',
  });
});

test('of several files the last one wins, and a missing one is an error', async () => {
  const directory = await temporaryDirectory();
  const [first, second] = [path.join(directory, 'a'), path.join(directory, 'b')];
  await writeFile(first, 'A=1\nB=1\n');
  await writeFile(second, 'B=2\n');
  expect(await loadEnvFiles([first, second])).toEqual({ A: '1', B: '2' });
  expect(await loadEnvFiles([])).toEqual({});
  await expect(loadEnvFiles([path.join(directory, 'none')])).rejects.toMatchObject({ code: 'ENOENT' });
});
