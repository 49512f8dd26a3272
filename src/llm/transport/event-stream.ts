/**
 * Reads a server-sent event body (WHATWG HTML, "server-sent events").
 *
 * Invariants: a character split over chunks is decoded whole; a last event without its blank line is still delivered;
 * memory is bounded by `MAX_ANSWER_BYTES`; after a final event the rest of the body is drained briefly so that the
 * connection can be reused, and otherwise the connection is closed.
 */
import { createParser } from 'eventsource-parser';
import { llmErrors } from '../errors.ts';
import type { AttemptDeadline } from './attempt-deadline.ts';

/** Far above any real answer; protects the process from an endless one. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
/** How long a finished answer may take to close its body before the connection is given up. */
const DRAIN_MS = 1_000;

export interface StreamedEvent {
  readonly event: string | undefined;
  readonly data: string;
}

/**
 * Delivers the events of a body in order until it ends or `onEvent` returns `true` (the protocol's last event).
 * Resolves with the text of a body that is no event stream: a JSON document, or the beginning of a web page. What a
 * body is, its first visible character tells and not its label: servers and proxies in front of them label it wrongly.
 * Rejects with the deadline's reason when interrupted, and with whatever `onEvent` throws.
 */
export async function readEventStream(
  body: ReadableStream<Uint8Array>,
  deadline: AttemptDeadline,
  onEvent: (event: StreamedEvent) => boolean,
): Promise<string | undefined> {
  let finished = false;
  const parser = createParser({
    onEvent: (event) => {
      if (!finished) finished = onEvent({ event: event.event, data: event.data });
    },
    onError: (problem) => {
      // llama.cpp: `error: {"code":400,"message":"…"}`, a field of its own instead of an event.
      if (problem.field !== 'error' || finished) return;
      finished = onEvent({ event: 'error', data: problem.value ?? '' });
    },
  });
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let kind: BodyKind | undefined;
  const completed = await readChunks(body, deadline, (chunk) => {
    const text = decoder.decode(chunk, { stream: true });
    kind ??= kindOf(text);
    if (kind === 'events') parser.feed(text);
    else if (kind !== undefined) parts.push(text);
    return finished || kind === 'page';
  });
  if (kind === 'document' || kind === 'page') return parts.join('') + decoder.decode();
  if (completed && !finished) parser.feed(`${decoder.decode()}\n\n`);
  return undefined;
}

type BodyKind = 'events' | 'document' | 'page';

/** `undefined` while only blanks have come. No line of an event stream begins like a document or a page. */
function kindOf(text: string): BodyKind | undefined {
  const first = text.trimStart()[0];
  if (first === undefined) return undefined;
  if (first === '<') return 'page';
  return first === '{' || first === '[' ? 'document' : 'events';
}

/** Returns true when the body ended by itself, false when `onChunk` asked to stop. */
async function readChunks(
  body: ReadableStream<Uint8Array>,
  deadline: AttemptDeadline,
  onChunk: (chunk: Uint8Array) => boolean,
): Promise<boolean> {
  const reader = body.getReader();
  // Cancelling ends a pending read at once; the loop then finds the reason in the deadline.
  const onAbort = () => closeQuietly(reader, deadline.signal.reason);
  deadline.signal.addEventListener('abort', onAbort, { once: true });
  let bytes = 0;
  try {
    for (;;) {
      const chunk = await readChunk(reader, deadline);
      if (chunk === undefined) return true;
      deadline.received();
      bytes += chunk.byteLength;
      if (bytes > MAX_ANSWER_BYTES) {
        throw llmErrors.create('BAD_RESPONSE', 'The model’s answer is too large.', { data: { bytes } });
      }
      if (onChunk(chunk)) {
        drain(reader);
        return false;
      }
    }
  } catch (error) {
    closeQuietly(reader, error);
    throw error;
  } finally {
    deadline.signal.removeEventListener('abort', onAbort);
  }
}

async function readChunk(reader: ChunkReader, deadline: AttemptDeadline): Promise<Uint8Array | undefined> {
  try {
    const { done, value } = await reader.read();
    deadline.signal.throwIfAborted();
    return done ? undefined : value;
  } catch (error) {
    deadline.signal.throwIfAborted();
    throw llmErrors.create('STREAM_CUT', 'The connection to the model broke off during its answer.', {
      cause: error,
    });
  }
}

type ChunkReader = ReadableStreamDefaultReader<Uint8Array>;

/** Closes the connection; the failure that led here is the one to report, not one of closing. */
function closeQuietly(reader: ChunkReader, reason: unknown): void {
  reader.cancel(reason).catch(() => undefined);
}

function drain(reader: ChunkReader): void {
  const timer = setTimeout(() => closeQuietly(reader, undefined), DRAIN_MS);
  timer.unref();
  const readOn = async () => {
    while (!(await reader.read()).done);
  };
  readOn()
    // The answer is complete; how its connection ends no longer matters.
    .catch(() => undefined)
    .finally(() => clearTimeout(timer));
}
