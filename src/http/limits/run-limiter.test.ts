import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RunLimiter, type RunPermit } from './run-limiter.ts';

function fixture(overrides: Partial<ConstructorParameters<typeof RunLimiter>[0]> = {}) {
  const clock = { now: 0, monotonic: () => clock.now };
  const limits = { maxInFlight: 2, maxPerWindow: 3, windowMs: 10_000, idleMs: 300_000, maxBuckets: 3 };
  const limiter = new RunLimiter({ ...limits, ...overrides }, clock);
  const grant = (session: string, actor: string): RunPermit => {
    const admission = limiter.acquire(session, actor);
    if (admission.kind === 'rejected') throw new Error(admission.reason);
    return admission.permit;
  };
  const reason = (session: string, actor: string) => {
    const admission = limiter.acquire(session, actor);
    return admission.kind === 'rejected' ? admission.reason : 'granted';
  };
  return { clock, limiter, grant, reason };
}

test('a session has at most the configured runs at once', () => {
  const { grant, reason } = fixture();
  const first = grant('main', 'a');
  grant('main', 'b');
  expect(reason('main', 'c')).toBe('too many concurrent requests for session');
  first.release();
  expect(reason('main', 'c')).toBe('granted');
});

test('an actor has at most the configured runs at once over all sessions', () => {
  const { grant, reason } = fixture();
  grant('one', 'a');
  grant('two', 'a');
  expect(reason('three', 'a')).toBe('too many concurrent requests for actor');
});

test('the session is checked before the actor', () => {
  const { grant, reason } = fixture();
  grant('main', 'a');
  grant('main', 'a');
  expect(reason('main', 'a')).toBe('too many concurrent requests for session');
});

test('runs started within a window are limited even when they have ended', () => {
  const { clock, limiter, grant, reason } = fixture();
  for (let run = 0; run < 3; run += 1) grant('main', 'a').release();
  clock.now = 4000;
  const admission = limiter.acquire('main', 'a');
  expect(admission).toMatchObject({
    kind: 'rejected',
    reason: 'rate limit exceeded for session',
    retryAfterMs: 6000,
    window: { limit: 3, remaining: 0, resetMs: 6000 },
  });
  expect(reason('other', 'a')).toBe('rate limit exceeded for actor');
  clock.now = 10_000;
  expect(reason('main', 'a')).toBe('granted');
});

test('a rejected request uses no quota', () => {
  const { grant, reason } = fixture({ maxInFlight: 1, maxPerWindow: 2 });
  const first = grant('main', 'a');
  for (let attempt = 0; attempt < 10; attempt += 1) reason('main', 'b');
  first.release();
  expect(reason('main', 'b')).toBe('granted');
});

test('a cancelled request gives its quota back, a released one does not', () => {
  const { grant, reason } = fixture({ maxPerWindow: 1 });
  grant('main', 'a').cancel();
  grant('main', 'a').release();
  expect(reason('main', 'a')).toBe('rate limit exceeded for session');
});

test('a permit counts once however often it is released', () => {
  const { grant, reason } = fixture({ maxInFlight: 1, maxPerWindow: 100 });
  const first = grant('main', 'a');
  first.release();
  first.release();
  first.cancel();
  grant('main', 'a');
  expect(reason('main', 'a')).toBe('too many concurrent requests for session');
});

test('full tables refuse new sessions until old ones are idle', () => {
  const { clock, grant, reason } = fixture({ maxInFlight: 10, maxPerWindow: 100 });
  for (const session of ['one', 'two', 'three']) grant(session, 'a').release();
  expect(reason('four', 'a')).toBe('too many active session limiter buckets');
  clock.now = 300_000;
  expect(reason('four', 'a')).toBe('granted');
});

test('full tables refuse new actors', () => {
  const { grant, reason } = fixture({ maxInFlight: 10, maxPerWindow: 100 });
  for (const actor of ['a', 'b', 'c']) grant('main', actor);
  expect(reason('main', 'd')).toBe('too many active actor limiter buckets');
});

test('never more runs at once than allowed, in whatever order they begin and end', () => {
  const step = fc.record({
    session: fc.constantFrom('s1', 's2'),
    actor: fc.constantFrom('a1', 'a2'),
    end: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { limiter } = fixture({ maxPerWindow: 1000 });
      const open: { session: string; actor: string; permit: RunPermit }[] = [];
      for (const { session, actor, end } of steps) {
        if (end) {
          open.shift()?.permit.release();
          continue;
        }
        const admission = limiter.acquire(session, actor);
        const busy = (key: 'session' | 'actor', value: string) =>
          open.filter((run) => run[key] === value).length;
        const free = busy('session', session) < 2 && busy('actor', actor) < 2;
        expect(admission.kind).toBe(free ? 'granted' : 'rejected');
        if (admission.kind === 'granted') open.push({ session, actor, permit: admission.permit });
      }
    }),
  );
});
