/**
 * The state of the sandbox for pages that must answer at once: a container engine that hangs delays nobody.
 *
 * Invariants: at most one attempt at a time; a caller waits for it no longer than `maxWaitMs` and then gets the last
 * answer, or none.
 */
import type { Clock } from '../core/clock.ts';
import type { RunnerStatus, SandboxedRunner } from './create-command-runner.ts';

export interface StatusProbe {
  /** What is known; `undefined` before the first attempt has ended. */
  current(): Promise<RunnerStatus | undefined>;
}

const MAX_WAIT_MS = 1000;

/** `runner` decides how long an answer of the machine is believed. */
export function createStatusProbe(
  runner: Pick<SandboxedRunner, 'describe'>,
  clock: Pick<Clock, 'sleep'>,
  maxWaitMs = MAX_WAIT_MS,
): StatusProbe {
  let known: RunnerStatus | undefined;
  let attempt: Promise<void> | undefined;
  return {
    async current() {
      attempt ??= runner
        .describe()
        .then((status) => {
          known = status;
        })
        .finally(() => {
          attempt = undefined;
        });
      const waiting = new AbortController();
      const limit = clock.sleep(maxWaitMs, waiting.signal).catch(() => {}); // the attempt was quicker
      try {
        await Promise.race([attempt, limit]);
      } finally {
        waiting.abort();
      }
      return known;
    },
  };
}
