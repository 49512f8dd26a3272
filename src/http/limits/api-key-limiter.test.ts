import { expect, test } from 'vitest';
import { ApiKeyLimiter } from './api-key-limiter.ts';

test('each key has its own window', () => {
  const clock = { now: 0, monotonic: () => clock.now };
  const limiter = new ApiKeyLimiter({ maxRequests: 2, windowMs: 60_000 }, clock);
  expect(limiter.admit(1)).toEqual({ admitted: true, window: { limit: 2, remaining: 1, resetMs: 60_000 } });
  expect(limiter.admit(1).admitted).toBe(true);
  clock.now = 45_000;
  expect(limiter.admit(1)).toEqual({ admitted: false, window: { limit: 2, remaining: 0, resetMs: 15_000 } });
  expect(limiter.admit(2).admitted).toBe(true);
  clock.now = 60_000;
  expect(limiter.admit(1).admitted).toBe(true);
});
