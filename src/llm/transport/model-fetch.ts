/**
 * The `fetch` given to the provider clients: plain node:http(s) with kept-alive connections, so that the time to
 * connect can be limited apart from the time to answer and an abort closes the socket.
 *
 * Invariants: one connection pool per instance, closed by `close`; redirects are not followed (an API does not
 * redirect, and a key must not travel to another host); the body is streamed, never collected; no request carries half
 * of a surrogate pair, for which providers refuse the whole of it, and with it every later request of its session.
 */
import http from 'node:http';
import https from 'node:https';
import { pipeline, Readable } from 'node:stream';
import { llmErrors } from '../errors.ts';

export interface ModelFetchOptions {
  /** Limit for a new connection (DNS, TCP and TLS) in milliseconds. */
  readonly connectTimeoutMs: number;
  /** Environment whose `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` are honoured; absent means no proxy. */
  readonly proxyEnv?: Readonly<Record<string, string | undefined>>;
}

export interface ModelFetch {
  /** Standard `fetch` for string or `URL` targets and string bodies. */
  readonly fetch: typeof globalThis.fetch;
  /** Closes idle connections and lets running requests end with an error. */
  close(): void;
}

interface Pools {
  readonly http: http.Agent;
  readonly https: https.Agent;
}

interface Outgoing {
  readonly url: URL;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
  readonly signal: AbortSignal | undefined;
}

function openPools(options: ModelFetchOptions): Pools {
  const shared = {
    keepAlive: true,
    maxFreeSockets: 16,
    ...(options.proxyEnv === undefined ? {} : { proxyEnv: options.proxyEnv }),
  };
  return { http: new http.Agent(shared), https: new https.Agent(shared) };
}

/** Creates the pool and its `fetch`. */
export function createModelFetch(options: ModelFetchOptions): ModelFetch {
  const pools = openPools(options);
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const outgoing = describe(input, init);
    try {
      return await send(outgoing, pools, options.connectTimeoutMs);
    } catch (error) {
      // A server may close a kept-alive connection in the moment it is reused; nothing was processed then.
      if (!isStaleConnection(error)) throw error;
      return send(outgoing, pools, options.connectTimeoutMs);
    }
  };
  return {
    fetch,
    close() {
      pools.http.destroy();
      pools.https.destroy();
    },
  };
}

/** In JSON text, where whole pairs stand as they are: an escaped half, and not an escaped backslash before a `u`. */
const LONE_SURROGATE = /(?<!\\)((?:\\\\)*)\\u[dD][89a-fA-F][0-9a-fA-F]{2}/g;

function describe(input: string | URL | Request, init: RequestInit | undefined): Outgoing {
  const body = init?.body;
  if (body !== undefined && body !== null && typeof body !== 'string') {
    throw new TypeError('Only text bodies are supported.');
  }
  // Compression would hold back the events of a stream.
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  new Headers(init?.headers).forEach((value, name) => {
    headers[name] = value;
  });
  return {
    url: new URL(input instanceof Request ? input.url : input),
    method: init?.method ?? 'GET',
    headers,
    body: body?.replaceAll(LONE_SURROGATE, '$1\\ufffd'),
    signal: init?.signal ?? undefined,
  };
}

const STALE_CONNECTION = Symbol('stale connection');

function isStaleConnection(error: unknown): boolean {
  return error instanceof Error && STALE_CONNECTION in error;
}

function send(outgoing: Outgoing, pools: Pools, connectTimeoutMs: number): Promise<Response> {
  return new Promise((resolve, reject) => {
    const { url, method, headers, body, signal } = outgoing;
    let answered = false;
    const secure = url.protocol === 'https:';
    const request = (secure ? https : http).request(url, {
      method,
      headers: body === undefined ? headers : { ...headers, 'content-length': Buffer.byteLength(body) },
      agent: secure ? pools.https : pools.http,
      ...(signal === undefined ? {} : { signal }),
    });
    const connectTimer = setTimeout(() => {
      request.destroy(
        llmErrors.create('TIMEOUT', 'The model provider could not be reached in time.', {
          data: { phase: 'connect', limitMs: connectTimeoutMs },
        }),
      );
    }, connectTimeoutMs);
    request.once('socket', (socket) => {
      if (!socket.connecting) clearTimeout(connectTimer);
      else socket.once(secure ? 'secureConnect' : 'connect', () => clearTimeout(connectTimer));
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      const stale = request.reusedSocket && error.code === 'ECONNRESET' && signal?.aborted !== true;
      reject(stale ? Object.assign(error, { [STALE_CONNECTION]: true }) : error);
    });
    // Also the end of a request without answer and error: the server switched to another protocol.
    request.once('close', () => {
      clearTimeout(connectTimer);
      if (!answered) reject(new Error('The connection was closed without an answer.'));
    });
    request.once('response', (incoming) => {
      clearTimeout(connectTimer);
      answered = true;
      toResponse(incoming).then(resolve, reject);
    });
    request.setNoDelay(true);
    request.end(body);
  });
}

/** Statuses that a `Response` may not have a body for. */
const NULL_BODY_STATUSES: ReadonlySet<number> = new Set([204, 205, 304]);

async function toResponse(incoming: http.IncomingMessage): Promise<Response> {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  const status = knownStatus(incoming.statusCode);
  if (NULL_BODY_STATUSES.has(status)) {
    incoming.resume();
    return new Response(null, { status, headers });
  }
  const plain = status < 400 ? await decoded(incoming) : beginningOf(await decoded(incoming));
  // Node's and the DOM's stream types differ only in name here.
  const body = Readable.toWeb(plain) as unknown as ReadableStream<Uint8Array>;
  return new Response(body, { status, headers });
}

/** A status that a `Response` may have; what HTTP does not define (some firewalls send 999) is a bad gateway's. */
function knownStatus(status: number | undefined): number {
  return status !== undefined && status >= 200 && status <= 599 ? status : 502;
}

/** Enough to tell what is wrong; the clients read the body of an error whole, however long it is. */
const MAX_ERROR_BYTES = 256 * 1024;

function beginningOf(body: Readable): Readable {
  const read = async function* (): AsyncGenerator<Buffer> {
    let bytes = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      yield chunk;
      bytes += chunk.byteLength;
      if (bytes >= MAX_ERROR_BYTES) return; // closes the connection
    }
  };
  return Readable.from(read(), { objectMode: false });
}

/** The body without the compression that some proxies apply although it was not asked for. */
async function decoded(incoming: http.IncomingMessage): Promise<Readable> {
  const coding = incoming.headers['content-encoding']?.trim().toLowerCase() ?? '';
  if (!['gzip', 'x-gzip', 'deflate', 'br'].includes(coding)) return incoming;
  const { createBrotliDecompress, createUnzip } = await import('node:zlib');
  const decoder = coding === 'br' ? createBrotliDecompress() : createUnzip();
  // Whichever of the two fails or is closed takes the other along; the reader of `decoder` is told.
  return pipeline(incoming, decoder, () => {});
}
