/**
 * Facts about the process for health and metrics: event-loop delay, memory, uptime.
 *
 * Invariants: sampling costs nothing while nobody asks; `stop` is idempotent and releases the histogram.
 */
import type { ELDHistogram } from 'node:perf_hooks';

/** One look at the process. Bytes and milliseconds. */
export interface ProcessSample {
  /** Delay of the event loop since it was begun to be measured, or last reset. */
  readonly eventLoopDelayMs: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly rssBytes: number;
  readonly heapUsedBytes: number;
  readonly externalBytes: number;
  readonly uptimeMs: number;
}

export interface ProcessSampler {
  /** Takes a sample; with `reset` the delay statistics start again. */
  sample(options?: { readonly reset?: boolean }): ProcessSample;
  /** Begins to measure the delay, a moment later; until then it is told as 0. Idempotent. */
  start(): void;
  stop(): void;
}

const NANOSECONDS_PER_MS = 1e6;
/** Resolution of the delay histogram; a finer one costs wake-ups while idle. */
const RESOLUTION_MS = 50;

/** Loading the histogram would be in the way of the first answer. */
const BEGIN_DELAY_MS = 100;

/** A sampler that has not begun to measure the delay: what a start itself takes is no delay of anybody. */
export function createProcessSampler({ beginDelayMs = BEGIN_DELAY_MS } = {}): ProcessSampler {
  let histogram: ELDHistogram | undefined;
  let beginning: NodeJS.Timeout | undefined;
  // The histogram measures timer intervals, so an idle loop shows the resolution itself: that part is not delay.
  const delay = (nanoseconds = 0) =>
    Number.isFinite(nanoseconds) ? Math.max(0, nanoseconds / NANOSECONDS_PER_MS - RESOLUTION_MS) : 0;
  return {
    sample({ reset = false } = {}) {
      const eventLoopDelayMs = {
        p50: delay(histogram?.percentile(50)),
        p99: delay(histogram?.percentile(99)),
        max: delay(histogram?.max),
      };
      if (reset) histogram?.reset();
      const memory = process.memoryUsage();
      return {
        eventLoopDelayMs,
        rssBytes: memory.rss,
        heapUsedBytes: memory.heapUsed,
        externalBytes: memory.external,
        uptimeMs: process.uptime() * 1000,
      };
    },
    start: () => {
      beginning ??= setTimeout(() => {
        const { monitorEventLoopDelay } = process.getBuiltinModule('node:perf_hooks');
        histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
        histogram.enable();
      }, beginDelayMs).unref();
    },
    stop: () => {
      clearTimeout(beginning);
      histogram?.disable();
    },
  };
}
