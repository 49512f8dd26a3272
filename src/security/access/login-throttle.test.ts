import { expect, test } from 'vitest';
import { LoginThrottle } from './login-throttle.ts';

function fixture(overrides: Partial<ConstructorParameters<typeof LoginThrottle>[1]> = {}) {
  const clock = { now: 1_000, monotonic: () => clock.now };
  const options = { maxFailures: 5, windowMs: 60_000, maxLockMs: 900_000, maxClients: 4, ...overrides };
  const throttle = new LoginThrottle(clock, options);
  const fail = (client: string, times: number) =>
    Array.from({ length: times }, () => throttle.admit(client).kind);
  return { clock, throttle, fail };
}

test('five failures are let through and the sixth attempt is locked for the rest of the window', () => {
  const { clock, throttle, fail } = fixture();
  expect(fail('a', 5)).toEqual(Array(5).fill('admitted'));
  clock.now += 10_000;
  expect(throttle.admit('a')).toEqual({ kind: 'locked', retryAfterMs: 50_000 });
});

test('one client does not lock another', () => {
  const { throttle, fail } = fixture();
  fail('a', 6);
  expect(throttle.admit('b').kind).toBe('admitted');
});

test('successful logins are never counted', () => {
  const { throttle } = fixture();
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const admission = throttle.admit('a');
    expect(admission.kind).toBe('admitted');
    if (admission.kind === 'admitted') admission.succeeded();
  }
});

test('parallel attempts count before their hashes are computed', () => {
  const { fail } = fixture();
  expect(fail('a', 100).filter((kind) => kind === 'admitted')).toHaveLength(5);
});

test('each further lock is twice as long, up to the maximum', () => {
  const { clock, throttle, fail } = fixture({ maxLockMs: 200_000 });
  const locks: number[] = [];
  for (let round = 0; round < 4; round += 1) {
    fail('a', 5);
    const admission = throttle.admit('a');
    if (admission.kind !== 'locked') throw new Error('expected a lock');
    locks.push(admission.retryAfterMs);
    clock.now += admission.retryAfterMs;
  }
  expect(locks).toEqual([60_000, 120_000, 200_000, 200_000]);
});

test('a client that was quiet for long starts anew', () => {
  const { clock, throttle, fail } = fixture();
  fail('a', 6);
  clock.now += 60_000 + 900_000;
  fail('a', 5);
  expect(throttle.admit('a')).toEqual({ kind: 'locked', retryAfterMs: 60_000 });
});

test('failures spread over more than a window never lock', () => {
  const { clock, throttle } = fixture();
  for (let attempt = 0; attempt < 20; attempt += 1) {
    expect(throttle.admit('a').kind).toBe('admitted');
    clock.now += 15_000;
  }
});

test('the table of clients is bounded', () => {
  const { throttle } = fixture({ maxClients: 4 });
  for (let client = 0; client < 100; client += 1) throttle.admit(`client-${client}`);
  expect(throttle.size).toBe(4);
});
