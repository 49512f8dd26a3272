/**
 * Writes an answer to the client.
 *
 * Invariants: a client that is still sending gets the whole answer before its connection is closed; what it sends
 * meanwhile is thrown away, up to a limit; a client that leaves cancels the body that is being streamed to it.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer, AnswerBody } from './answer.ts';

/** What a refused client may still send before it is cut off. */
const LINGER_MS = 500;
const MAX_LINGER_BYTES = 64 * 1024 * 1024;
/** Statuses that carry no body, so no length either (RFC 9110 §8.6). */
const WITHOUT_LENGTH: ReadonlySet<number> = new Set([204, 304]);

/** Resolves when everything is handed to the socket or the client is gone. Rejects when a streamed body fails. */
export async function writeAnswer(
  { status, headers, body }: Answer,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  outgoing.on('error', () => {}); // the client is gone; the close that follows is what counts
  if (outgoing.destroyed) {
    if (isStream(body)) await body.cancel();
    return;
  }
  const lines = headers.lines();
  if (incoming.method === 'HEAD' || body === null) {
    const isLengthKnown = incoming.method !== 'HEAD' || body !== null;
    outgoing.writeHead(status, isLengthKnown ? withLength(lines, status, body) : lines);
    if (isStream(body)) await body.cancel();
    return endAfterBody(incoming, outgoing, null);
  }
  if (isStream(body)) {
    outgoing.writeHead(status, lines); // goes out with the first part
    return pump(body, outgoing);
  }
  outgoing.writeHead(status, withLength(lines, status, body));
  return endAfterBody(incoming, outgoing, body);
}

function withLength(lines: readonly string[], status: number, body: AnswerBody): string[] {
  if (WITHOUT_LENGTH.has(status) || isStream(body)) return [...lines];
  return [...lines, 'content-length', String(body === null ? 0 : Buffer.byteLength(body))];
}

/** Told from what it is not: naming `ReadableStream` loads Node's web streams, which the first answers do not need. */
function isStream(body: AnswerBody): body is ReadableStream<Uint8Array> {
  return typeof body === 'object' && body !== null && !(body instanceof Uint8Array);
}

/**
 * Ends the answer; a request that is still arriving is read on for a moment first, so that its client sees the answer.
 */
async function endAfterBody(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  body: string | Uint8Array | null,
): Promise<void> {
  if (incoming.complete || outgoing.destroyed) {
    outgoing.end(body ?? undefined);
    return;
  }
  if (body !== null) outgoing.write(body);
  else outgoing.flushHeaders();
  await throwAway(incoming);
  // Whoever is not done by now has no claim to the connection.
  if (!incoming.complete) outgoing.once('finish', () => incoming.socket.destroySoon());
  outgoing.end();
}

/** Resolves at the end of the body or at the limit. */
function throwAway(incoming: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    let bytes = 0;
    const finish = () => {
      clearTimeout(timer);
      incoming.off('data', count).off('end', finish).off('close', finish);
      resolve();
    };
    const count = (chunk: Buffer) => {
      bytes += chunk.byteLength;
      if (bytes > MAX_LINGER_BYTES) finish();
    };
    const timer = setTimeout(finish, LINGER_MS);
    incoming.on('data', count).on('end', finish).on('close', finish).resume();
  });
}

async function pump(body: ReadableStream<Uint8Array>, outgoing: ServerResponse): Promise<void> {
  const reader = body.getReader();
  const cancel = () => {
    reader.cancel().catch(() => {}); // a stream that failed tells so to whoever reads it
  };
  if (outgoing.destroyed) return cancel();
  outgoing.once('close', cancel);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (!outgoing.write(value)) await writable(outgoing);
    }
    outgoing.end();
  } finally {
    outgoing.off('close', cancel);
  }
}

/** Resolves when the socket takes more, or is closed. */
function writable(outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      outgoing.off('drain', finish).off('close', finish);
      resolve();
    };
    if (outgoing.destroyed) resolve();
    else outgoing.once('drain', finish).once('close', finish);
  });
}
