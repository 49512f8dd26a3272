/**
 * Follows the event stream of one run to its end, through any number of dropped connections.
 *
 * Invariants: every reconnect continues after the last event taken in; events are handed on in order; a connection
 * that shows no sign of life (the server sends a comment every 15 s) is given up and opened again; it ends with the
 * terminal event, when the server no longer knows the run, or with the caller's signal.
 */
import { ApiError } from './api-error.ts';
import { decodeRunEvent, type RunEvent } from './run-event.ts';
import { SseParser } from './sse-parser.ts';

/** More than two keep-alive periods of the server. */
export const SILENCE_LIMIT_MS = 40_000;

const FIRST_DELAY_MS = 300;
const MAX_DELAY_MS = 8_000;

/** Streams that the server closes without an event, in a row, before the run counts as over. */
const MAX_EMPTY_STREAMS = 3;

export interface FollowRunPorts {
  /** Opens the stream after `lastEventId`; rejects with `ApiError` when the server refuses. */
  readonly open: (lastEventId: number, signal: AbortSignal) => Promise<Response>;
  /** Resolves after `ms`, earlier when trying again makes sense at once (the network is back). */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly onEvent: (event: RunEvent) => void;
  /** `false` when the connection dropped, `true` once events can arrive again. */
  readonly onConnection: (connected: boolean) => void;
}

export type FollowResult = 'ended' | 'unknown_run' | 'refused' | 'stopped';

/** Runs until the run ends; `lastEventId` is the newest event already taken in. Never rejects. */
export async function followRun(
  ports: FollowRunPorts,
  lastEventId: number,
  signal: AbortSignal,
): Promise<FollowResult> {
  const progress: Progress = { lastEventId, ended: false, eventsSinceDrop: false, emptyStreams: 0 };
  let delayMs = FIRST_DELAY_MS;
  while (!signal.aborted) {
    progress.eventsSinceDrop = false;
    const refusal = await readOnce(ports, progress, signal);
    if (progress.ended) return 'ended';
    if (signal.aborted) break;
    if (refusal?.status === 404 || progress.emptyStreams >= MAX_EMPTY_STREAMS) return 'unknown_run';
    if (refusal !== null && refusal.status < 500 && refusal.status !== 429) return 'refused';
    ports.onConnection(false);
    delayMs = progress.eventsSinceDrop ? FIRST_DELAY_MS : delayMs;
    await ports.pause((refusal?.retryAfterSecs ?? 0) * 1000 || delayMs, signal);
    delayMs = Math.min(delayMs * 2, MAX_DELAY_MS);
  }
  return 'stopped';
}

interface Progress {
  lastEventId: number;
  ended: boolean;
  eventsSinceDrop: boolean;
  emptyStreams: number;
}

/** One connection, until it ends or breaks; the server's refusal when there was one. */
async function readOnce(
  ports: FollowRunPorts,
  progress: Progress,
  signal: AbortSignal,
): Promise<ApiError | null> {
  const connection = new AbortController();
  const stop = () => connection.abort();
  signal.addEventListener('abort', stop, { once: true });
  const watchdog = new Watchdog(stop);
  try {
    const response = await ports.open(progress.lastEventId, connection.signal);
    ports.onConnection(true);
    const parser = new SseParser();
    for await (const chunk of chunksOf(response)) {
      watchdog.touch();
      for (const frame of parser.push(chunk)) take(ports, progress, decodeRunEvent(frame));
      if (progress.ended) break;
    }
    progress.emptyStreams = progress.eventsSinceDrop ? 0 : progress.emptyStreams + 1;
    return null;
  } catch (error) {
    return error instanceof ApiError ? error : null; // anything else is a dropped connection: try again
  } finally {
    watchdog.stop();
    signal.removeEventListener('abort', stop);
    connection.abort();
  }
}

/** The chunks of the body; `ReadableStream` is not async iterable in every browser. */
async function* chunksOf(response: Response): AsyncGenerator<Uint8Array, void, void> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

function take(ports: FollowRunPorts, progress: Progress, event: RunEvent | null): void {
  if (event === null || progress.ended) return;
  if (event.id !== null) {
    if (event.id <= progress.lastEventId) return;
    progress.lastEventId = event.id;
    progress.eventsSinceDrop = true;
  }
  progress.ended = event.kind === 'done' || event.kind === 'error' || event.kind === 'aborted';
  ports.onEvent(event);
}

class Watchdog {
  readonly #onSilence: () => void;
  #timer: ReturnType<typeof setTimeout>;

  constructor(onSilence: () => void) {
    this.#onSilence = onSilence;
    this.#timer = setTimeout(onSilence, SILENCE_LIMIT_MS);
  }

  touch(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#onSilence, SILENCE_LIMIT_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
