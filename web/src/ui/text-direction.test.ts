import { expect, it } from 'vitest';
import { directionOf } from './text-direction.ts';

it.each([
  ['plain words', 'ltr'],
  ['مرحبا with English', 'rtl'],
  ['- **שלום** עולם', 'rtl'],
  ['1. 🎉 (42) مرحبا', 'rtl'],
  ['English, then مرحبا', 'ltr'],
  ['', 'ltr'],
  ['123 …', 'ltr'],
] as const)('the direction of %j is %s', (text, direction) => {
  expect(directionOf(text)).toBe(direction);
});
