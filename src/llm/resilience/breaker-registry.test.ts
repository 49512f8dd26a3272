import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { llmErrors } from '../errors.ts';
import { type AttemptVerdict, BreakerRegistry, breakerId } from './breaker-registry.ts';

const ID = 'fake|-|m';
const fault = llmErrors.create('UNAVAILABLE', 'down');
const judge = (error: unknown): AttemptVerdict => (error === fault ? 'failed' : 'alive');

let breakers: BreakerRegistry;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
  breakers = new BreakerRegistry({ failureThreshold: 4, openMs: 30_000 });
});
afterEach(() => vi.useRealTimers());

async function fail(times: number, error: unknown = fault, judgeIt = judge): Promise<void> {
  for (let turn = 0; turn < times; turn += 1) {
    await expect(breakers.run(ID, () => Promise.reject(error), judgeIt, false)).rejects.toBe(error);
  }
}
const succeed = () => breakers.run(ID, () => Promise.resolve('ok'), judge, false);

it('opens after four failures in a row and rethrows them unchanged', async () => {
  await fail(3);
  expect(breakers.allows(ID)).toBe(true);
  await fail(1);
  expect(breakers.allows(ID)).toBe(false);
  expect(breakers.anyOpen()).toBe(true);
  expect(breakers.retryAtMs(ID)).toBe(Date.now() + 30_000);
});

it('starts counting again after a success', async () => {
  await fail(3);
  await succeed();
  await fail(3);
  expect(breakers.allows(ID)).toBe(true);
});

it('ignores failures that are not the provider’s', async () => {
  const mine = new Error('bad request');
  await fail(10, mine);
  expect(breakers.allows(ID)).toBe(true);
});

it('lets one probe through after its time, which decides', async () => {
  await fail(4);
  vi.setSystemTime(Date.now() + 30_000);
  expect(breakers.allows(ID)).toBe(true);
  let finishProbe: (value: string) => void = () => undefined;
  const probe = breakers.run(ID, () => new Promise<string>((done) => (finishProbe = done)), judge, false);
  expect(breakers.allows(ID)).toBe(false);
  finishProbe('ok');
  await probe;
  expect(breakers.allows(ID)).toBe(true);
  expect(breakers.retryAtMs(ID)).toBeUndefined();
});

it('opens again when the probe fails or is aborted', async () => {
  await fail(4);
  vi.setSystemTime(Date.now() + 30_000);
  await fail(1);
  expect(breakers.allows(ID)).toBe(false);
  vi.setSystemTime(Date.now() + 30_000);
  await fail(1, new Error('stopped'), () => 'unknown');
  expect(breakers.allows(ID)).toBe(false);
});

it('stays open for as long as the provider asks', async () => {
  const limited = llmErrors.create('RATE_LIMITED', 'slow', { data: { retryAfterMs: 90_000 } });
  await fail(4, limited, () => 'failed');
  vi.setSystemTime(Date.now() + 60_000);
  expect(breakers.allows(ID)).toBe(false);
  vi.setSystemTime(Date.now() + 30_000);
  expect(breakers.allows(ID)).toBe(true);
});

it('can be passed by when there is nothing else to try', async () => {
  await fail(4);
  await expect(breakers.run(ID, () => Promise.resolve('ok'), judge, true)).resolves.toBe('ok');
});

it('names a breaker without naming the key', () => {
  const id = breakerId('main', 'sk-secret', 'm');
  expect(id).not.toContain('secret');
  expect(id).not.toBe(breakerId('main', 'sk-other', 'm'));
  expect(breakerId('main', undefined, 'm')).toBe('main|-|m');
});
