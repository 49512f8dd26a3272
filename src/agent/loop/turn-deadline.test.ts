import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { TurnDeadline } from './turn-deadline.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const clock = { monotonic: () => performance.now() };

it('ends the turn when its time is over', () => {
  const onOver = vi.fn();
  new TurnDeadline(1000, clock, onOver);
  vi.advanceTimersByTime(999);
  expect(onOver).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(onOver).toHaveBeenCalledOnce();
});

it('stands still while the turn waits for a person, and goes on with what was left', async () => {
  const onOver = vi.fn();
  const deadline = new TurnDeadline(1000, clock, onOver);
  vi.advanceTimersByTime(600);
  deadline.release();
  vi.advanceTimersByTime(3_600_000);
  expect(onOver).not.toHaveBeenCalled();
  await deadline.retake();
  vi.advanceTimersByTime(399);
  expect(onOver).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(onOver).toHaveBeenCalledOnce();
});
