import { expect, it } from 'vitest';
import { retryDelayMs } from './backoff.ts';

it('doubles from one second to 32, half of it at random', () => {
  expect([1, 2, 3, 6, 9].map((retry) => retryDelayMs(retry, 0, undefined))).toEqual([
    500, 1000, 2000, 16_000, 16_000,
  ]);
  expect(retryDelayMs(1, 0.999, undefined)).toBe(1000);
  expect(retryDelayMs(9, 0.999_99, undefined)).toBe(32_000);
});

it('never waits less than the provider asks', () => {
  expect(retryDelayMs(1, 0, 5000)).toBe(5000);
  expect(retryDelayMs(4, 0, 5)).toBe(4000);
});
