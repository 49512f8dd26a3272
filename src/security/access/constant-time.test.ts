import { expect, test } from 'vitest';
import { equalsConstantTime, sha256Hex } from './constant-time.ts';

test('equal secrets are equal and different ones are not, whatever their lengths', () => {
  expect(equalsConstantTime('token', 'token')).toBe(true);
  expect(equalsConstantTime('token', 'tokeN')).toBe(false);
  expect(equalsConstantTime('token', 'token-longer')).toBe(false);
  expect(equalsConstantTime('', 'x')).toBe(false);
});

test('a hash is the SHA-256 of the UTF-8 text', () => {
  expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});
