/**
 * Time as a port, so that tests drive it. All instants are milliseconds since the Unix epoch; all stored and
 * transmitted timestamps come from `formatTimestamp` and are therefore comparable as strings.
 */
import { monotonicMs } from './monotonic.ts';

export interface Clock {
  /** Wall-clock milliseconds since the epoch; may jump. */
  now(): number;
  /** Monotonic milliseconds, for durations and deadlines. */
  monotonic(): number;
  /** Resolves after `ms`; rejects with the signal's reason when aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** UTC RFC 3339 with milliseconds and `Z`. */
export function formatTimestamp(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: monotonicMs,
  sleep(ms, signal) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      }, ms);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  },
};
