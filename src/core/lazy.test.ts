import { expect, test } from 'vitest';
import { lazy } from './lazy.ts';

test('a lazy value is made once, when it is first asked for, even when it is undefined', () => {
  let made = 0;
  const value = lazy(() => {
    made += 1;
    return undefined;
  });
  expect(made).toBe(0);
  expect([value(), value(), made]).toEqual([undefined, undefined, 1]);
});

test('a lazy value that could not be made is tried again', () => {
  let attempts = 0;
  const value = lazy(() => {
    attempts += 1;
    if (attempts === 1) throw new Error('not yet');
    return attempts;
  });
  expect(value).toThrow('not yet');
  expect(value()).toBe(2);
});
