/**
 * Reads a response body up to a number of decoded bytes.
 *
 * Invariants: never holds more than the cap plus one chunk, however far a small compressed body would expand; stops
 * reading from the network when the cap is reached.
 */
import type { IncomingMessage } from 'node:http';
import { type Duplex, pipeline, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { errorMessage, type MicroclawError } from '../../core/errors.ts';
import { egressErrors } from './errors.ts';

/** Sent as `Accept-Encoding`: what `readBody` can decode. */
export const ACCEPTED_ENCODINGS = 'gzip, deflate, br, zstd';

/** Encodings on top of one another; more is an attack, not a server. */
const MAX_ENCODINGS = 3;

const DECODERS: ReadonlyMap<string, () => Duplex> = new Map<string, () => Duplex>([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
  ['zstd', createZstdDecompress],
]);

export interface BodyRead {
  readonly bytes: Uint8Array;
  /** True when the body goes on beyond the cap. */
  readonly truncated: boolean;
}

/** Raises `MC_EGRESS_BAD_BODY`; rejects with the signal's reason when aborted. Ends the response in any case. */
export async function readBody(
  response: IncomingMessage,
  maxBytes: number,
  signal: AbortSignal,
): Promise<BodyRead> {
  const onAbort = () => response.destroy(signal.reason instanceof Error ? signal.reason : undefined);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    signal.throwIfAborted();
    return await collect(decode(response), maxBytes);
  } catch (error) {
    signal.throwIfAborted();
    throw egressErrors.is(error, 'BAD_BODY') ? error : badBody(errorMessage(error), error);
  } finally {
    signal.removeEventListener('abort', onAbort);
    response.destroy();
  }
}

/** Ends the stream when the loop is left, so nothing more is read. */
async function collect(stream: Readable, maxBytes: number): Promise<BodyRead> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes: Buffer = chunk; // neither responses nor decoders are put into text or object mode
    const room = maxBytes - size;
    if (bytes.length > room) {
      chunks.push(bytes.subarray(0, room));
      return { bytes: Buffer.concat(chunks), truncated: true };
    }
    chunks.push(bytes);
    size += bytes.length;
  }
  return { bytes: Buffer.concat(chunks, size), truncated: false };
}

/** The response through one decoder per encoding; the encoding named last was applied last. */
function decode(response: IncomingMessage): Readable {
  const names = (response.headers['content-encoding'] ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity');
  if (names.length > MAX_ENCODINGS) throw badBody(`too many content encodings (${names.length})`);
  const decoders = names.toReversed().map((name) => {
    const open = DECODERS.get(name);
    if (open === undefined) throw badBody(`unsupported content encoding '${name}'`);
    return open();
  });
  const last = decoders.at(-1);
  if (last === undefined) return response;
  // A failure of any stage destroys the last one with it, whose reader reports it.
  pipeline([response, ...decoders], () => {});
  return last;
}

function badBody(why: string, cause?: unknown): MicroclawError {
  return egressErrors.create('BAD_BODY', `response body could not be read: ${why}`, { cause });
}
