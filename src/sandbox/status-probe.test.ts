import { expect, test } from 'vitest';
import type { RunnerStatus } from './create-command-runner.ts';
import { createStatusProbe } from './status-probe.ts';

const WORKS: RunnerStatus = { place: 'bubblewrap', tried: [] };

function fixture() {
  const waits: (() => void)[] = [];
  const answers: ((status: RunnerStatus) => void)[] = [];
  const clock = {
    sleep: (_ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        waits.push(resolve);
        signal?.addEventListener('abort', () => reject(signal.reason));
      }),
  };
  const runner = { describe: () => new Promise<RunnerStatus>((resolve) => answers.push(resolve)) };
  return { probe: createStatusProbe(runner, clock), waits, answers };
}

test('an engine that hangs delays nobody and is not asked twice at once', async () => {
  const { probe, waits, answers } = fixture();
  const first = probe.current();
  const second = probe.current();
  for (const end of waits) end();
  expect(await Promise.all([first, second])).toEqual([undefined, undefined]);
  expect(answers).toHaveLength(1);
});

test('an answer is told at once, and again while the next attempt hangs', async () => {
  const { probe, waits, answers } = fixture();
  const first = probe.current();
  answers[0]?.(WORKS);
  expect(await first).toBe(WORKS);
  const second = probe.current();
  expect(answers).toHaveLength(2);
  for (const end of waits) end();
  expect(await second).toBe(WORKS);
});
