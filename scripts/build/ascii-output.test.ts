import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { toAscii } from './ascii-output.ts';

it.each([
  ['a string', "'größer – 猫 🐈'"],
  ['a template', '`$' + '{1 + 1} · 🐈`'],
  ['a regular expression', '/^[ä-ü🐈]+$/u.test("ö🐈")'],
  ['a regular expression without flags', '/[–—]/.test("a—b")'],
  ['an identifier', 'const größe = 3; größe'],
  ['a comment', '7 /* ✓ */'],
])('keeps the meaning of %s', (_name, code) => {
  const ascii = toAscii(code);
  expect(ascii).toMatch(/^[\0-\x7f]*$/);
  expect(runInNewContext(ascii)).toEqual(runInNewContext(code));
});

it('refuses a raw template that would change', () => {
  expect(() => toAscii('String.raw`größe`')).toThrow('raw template');
});
