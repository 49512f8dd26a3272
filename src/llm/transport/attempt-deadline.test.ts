import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { AttemptDeadline } from './attempt-deadline.ts';

const LIMITS = { connectMs: 10, firstByteMs: 100, idleMs: 50 };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function phaseOf(deadline: AttemptDeadline): unknown {
  const reason: unknown = deadline.signal.reason;
  return (reason as { data?: { phase?: unknown } } | undefined)?.data?.phase;
}

it('waits for the first byte after the time to connect', () => {
  using deadline = new AttemptDeadline(new AbortController().signal, LIMITS);
  vi.advanceTimersByTime(109);
  expect(deadline.signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect(phaseOf(deadline)).toBe('first_byte');
});

it('counts idle time anew with every chunk', () => {
  using deadline = new AttemptDeadline(new AbortController().signal, LIMITS);
  for (let chunk = 0; chunk < 5; chunk += 1) {
    deadline.received();
    vi.advanceTimersByTime(49);
  }
  expect(deadline.signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect(phaseOf(deadline)).toBe('idle');
});

it('limits the whole attempt only when asked to', () => {
  using deadline = new AttemptDeadline(new AbortController().signal, { ...LIMITS, totalMs: 60 });
  vi.advanceTimersByTime(30);
  deadline.received();
  vi.advanceTimersByTime(30);
  expect(phaseOf(deadline)).toBe('total');
});

it('passes on the caller’s reason, also one given before', () => {
  const reason = new Error('stop');
  const controller = new AbortController();
  using running = new AttemptDeadline(controller.signal, LIMITS);
  controller.abort(reason);
  expect(running.signal.reason).toBe(reason);
  using late = new AttemptDeadline(controller.signal, LIMITS);
  expect(late.signal.reason).toBe(reason);
});

it('leaves no timer behind', () => {
  {
    using deadline = new AttemptDeadline(new AbortController().signal, { ...LIMITS, totalMs: 60 });
    deadline.received();
    expect(vi.getTimerCount()).toBe(2);
  }
  expect(vi.getTimerCount()).toBe(0);
});
