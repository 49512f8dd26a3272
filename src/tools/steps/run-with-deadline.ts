/**
 * Runs one tool under a time limit and the caller's abort signal.
 *
 * Invariants: the tool's signal is aborted at the limit or with the caller's; the call is answered at the latest one
 * grace period after that, whatever the tool does; nothing of the timer or the listener outlives the answer.
 */
import type { Clock } from '../../core/clock.ts';
import { toolErrors } from '../errors.ts';
import type { ToolOutcome } from '../tool.ts';

interface DeadlineOptions {
  readonly toolName: string;
  readonly timeoutSecs: number;
  /** How long an aborted tool may take to end. */
  readonly graceMs: number;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  start(signal: AbortSignal): Promise<ToolOutcome>;
  /** A tool that had been given up on has ended after all; its result is dropped. */
  onLateEnd(): void;
}

/** How a run ended. `stopped` is why its signal was aborted, if it was. */
export type DeadlineEnd =
  | { readonly kind: 'returned'; readonly outcome: ToolOutcome }
  | { readonly kind: 'threw'; readonly error: unknown; readonly stopped: StopCause | undefined }
  | { readonly kind: 'abandoned'; readonly stopped: StopCause };

export type StopCause = 'timeout' | 'abort';

/** Does not start a tool whose caller has already been stopped. */
export async function runWithDeadline(options: DeadlineOptions): Promise<DeadlineEnd> {
  if (options.signal.aborted) return { kind: 'threw', error: options.signal.reason, stopped: 'abort' };
  const tool = new AbortController();
  const timers = new AbortController();
  const forwardAbort = () => tool.abort(options.signal.reason);
  options.signal.addEventListener('abort', forwardAbort, { once: true });
  const isStopped = () => stopCause(tool.signal);
  const run = startTool(options, tool.signal, isStopped);
  const gaveUp = waitForAbandonment(options, tool, timers.signal, isStopped);
  try {
    const end = await Promise.race([run, gaveUp]);
    if (end.kind === 'abandoned') void run.then(() => options.onLateEnd());
    return end;
  } finally {
    timers.abort();
    options.signal.removeEventListener('abort', forwardAbort);
  }
}

/** Never rejects. A tool that throws before its first await counts like one that rejects. */
async function startTool(
  options: DeadlineOptions,
  signal: AbortSignal,
  isStopped: () => StopCause | undefined,
): Promise<DeadlineEnd> {
  try {
    return { kind: 'returned', outcome: await options.start(signal) };
  } catch (error) {
    return { kind: 'threw', error, stopped: isStopped() };
  }
}

/** Aborts the tool at its limit; resolves one grace period after an abort of any cause. */
function waitForAbandonment(
  options: DeadlineOptions,
  tool: AbortController,
  cancelled: AbortSignal,
  isStopped: () => StopCause | undefined,
): Promise<DeadlineEnd> {
  return new Promise((resolve) => {
    const beginGrace = () => {
      options.clock.sleep(options.graceMs, cancelled).then(
        () => resolve({ kind: 'abandoned', stopped: isStopped() ?? 'abort' }),
        () => {}, // the run ended first
      );
    };
    tool.signal.addEventListener('abort', beginGrace, { once: true });
    options.clock.sleep(options.timeoutSecs * 1000, cancelled).then(
      () => tool.abort(timeoutReason(options)),
      () => {}, // the run ended first
    );
  });
}

function timeoutReason(options: DeadlineOptions): Error {
  return toolErrors.create('TIMEOUT', `${options.toolName} timed out after ${options.timeoutSecs} seconds`);
}

function stopCause(signal: AbortSignal): StopCause | undefined {
  if (!signal.aborted) return undefined;
  return toolErrors.is(signal.reason, 'TIMEOUT') ? 'timeout' : 'abort';
}
