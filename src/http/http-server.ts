/**
 * Serves the application on a TCP address and on the control socket.
 *
 * Invariants: whoever connects to the control socket may read the data directory (mode 0600) and is a local
 * administrator; nobody else ever is. `close` takes no new connections, ends event streams with a hint when to come
 * back, lets requests finish until the deadline and then cuts what is left.
 */
import { chmodSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import net, { createConnection, isIPv4 } from 'node:net';
import type { Clock } from '../core/clock.ts';
import { errorMessage } from '../core/errors.ts';
import type { Logger } from '../observability/logger.ts';
import { httpErrors } from './errors.ts';
import { NodeRequest } from './exchange/node-request.ts';
import { writeAnswer } from './exchange/write-answer.ts';
import type { HttpApp } from './http-app.ts';

export interface HttpServerOptions {
  readonly app: HttpApp;
  /** TCP address; absent when only the control socket is served. */
  readonly listen?: { readonly host: string; readonly port: number };
  /** Path of the Unix socket (on Windows: of the named pipe). A stale socket file is replaced. */
  readonly socketPath?: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long requests in progress may take when the server closes. Default 5000. */
  readonly closeDeadlineMs?: number;
}

export interface HttpServer {
  /** The TCP port in use; 0 when only the control socket is served. */
  readonly port: number;
  /** Idempotent. Never rejects. */
  close(): Promise<void>;
}

/** Time a client has to send its headers, and its whole request. */
const HEADERS_TIMEOUT_MS = 30_000;
const REQUEST_TIMEOUT_MS = 120_000;
const KEEP_ALIVE_MS = 65_000;
const MAX_HEADER_BYTES = 32 * 1024;
const CLOSE_DEADLINE_MS = 5000;
const SOCKET_MODE = 0o600;
const POLL_MS = 20;
const BAD_REQUEST = 400;
/** Longest path of a Unix socket on Linux; other systems allow less. */
const MAX_SOCKET_PATH_BYTES = 107;

/** Rejects with `MC_HTTP_PORT_IN_USE` or `MC_HTTP_LISTEN_FAILED`; then nothing listens. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const servers: Server[] = [];
  let port = 0;
  try {
    if (options.listen !== undefined) {
      const server = createNodeServer(options, { isLocal: false });
      await listenOnPort(server, options.listen.host, options.listen.port);
      servers.push(server);
      port = portOf(server);
    }
    if (options.socketPath !== undefined) {
      const server = createNodeServer(options, { isLocal: true });
      await listenOnSocket(server, options.socketPath);
      servers.push(server);
    }
  } catch (error) {
    await Promise.all(servers.map((server) => closeServer(server)));
    throw error;
  }
  let closing: Promise<void> | undefined;
  return {
    port,
    close: () => {
      closing ??= closeAll(servers, options);
      return closing;
    },
  };
}

function createNodeServer(
  { app, logger }: HttpServerOptions,
  { isLocal }: { readonly isLocal: boolean },
): Server {
  const server = createServer({
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
    noDelay: true,
  });
  const answer = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    exchange(app, isLocal, incoming, outgoing).catch((error: unknown) => {
      logger.error({ err: error, method: incoming.method, path: incoming.url }, 'an answer was cut off');
      outgoing.destroy();
    });
  };
  server.on('request', answer);
  // Without this Node itself would say 100 Continue, also to who is then refused: `readText` says it.
  server.on('checkContinue', answer);
  return server;
}

/** Rejects when the answer cannot be finished: what was written of it is not to be taken for whole. */
async function exchange(
  app: HttpApp,
  isLocal: boolean,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const request = NodeRequest.of(incoming, outgoing, isLocal);
  if (request === undefined) {
    outgoing.writeHead(BAD_REQUEST, { connection: 'close' }).end();
    return;
  }
  await writeAnswer(await app.answer(request), incoming, outgoing);
}

async function listenOnPort(server: Server, host: string, port: number): Promise<void> {
  try {
    await listening(server, () => listenOnAddress(server, host, port));
  } catch (error) {
    const code = systemCode(error);
    if (code === 'EADDRINUSE') {
      const hint = `Stop the program that listens on port ${port}, or choose another web_port.`;
      throw httpErrors.create('PORT_IN_USE', `port ${port} on ${host} is already in use`, {
        hint,
        cause: error,
      });
    }
    throw listenFailed(`${host}:${port}`, error);
  }
}

/**
 * `listen` with a host looks it up and asks of what it finds whether it is an IPv6 address, for which Node compiles an
 * expression that takes a thirtieth of a start. An address in figures can be bound as it is.
 */
function listenOnAddress(server: Server, host: string, port: number): void {
  // Newer than the oldest Node that we run on.
  const { BoundSocket } = net as Partial<typeof net>;
  if (BoundSocket === undefined || !isIPv4(host)) server.listen({ host, port });
  else server.listen(new BoundSocket({ host, port }));
}

async function listenOnSocket(server: Server, path: string): Promise<void> {
  try {
    await listening(server, () => listenPrivately(server, path));
  } catch (error) {
    if (systemCode(error) !== 'EADDRINUSE') throw listenFailed(path, error);
    if (await answers(path)) {
      throw httpErrors.create('LISTEN_FAILED', `another process serves the control socket ${path}`, {
        hint: 'A microclaw server already runs on this data directory; stop it first.',
        cause: error,
      });
    }
    await rm(path, { force: true });
    await listening(server, () => listenPrivately(server, path)).catch((failure: unknown) => {
      throw listenFailed(path, failure);
    });
  }
  if (process.platform !== 'win32') chmodSync(path, SOCKET_MODE);
}

/** The socket file is made inside `listen`, so nobody else can connect even for a moment. */
function listenPrivately(server: Server, path: string): void {
  const umask = process.umask(0o777 & ~SOCKET_MODE);
  try {
    server.listen({ path });
  } finally {
    process.umask(umask);
  }
}

function listening(server: Server, listen: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error) => reject(error);
    server.once('error', onError);
    server.once('listening', () => {
      server.off('error', onError);
      resolve();
    });
    listen();
  });
}

/** Whether a process accepts connections on the socket file. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ path });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false)); // nobody there: the file is left over from a crash
  });
}

async function closeAll(servers: readonly Server[], options: HttpServerOptions): Promise<void> {
  const { app, clock, logger } = options;
  const deadline = clock.monotonic() + (options.closeDeadlineMs ?? CLOSE_DEADLINE_MS);
  const closed = Promise.all(servers.map((server) => closeServer(server)));
  let done = false;
  void closed.then(() => {
    done = true;
  });
  while (!done && clock.monotonic() < deadline) {
    app.endStreams(); // each time: a connection that was busy may open one more
    for (const server of servers) server.closeIdleConnections();
    await clock.sleep(POLL_MS);
  }
  if (!done) {
    logger.warn({}, 'http requests were cut at the shutdown deadline');
    for (const server of servers) server.closeAllConnections();
  }
  await closed;
  await app.settle();
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function listenFailed(where: string, error: unknown) {
  const message = `cannot listen on ${where}: ${errorMessage(error)}`;
  const hint =
    Buffer.byteLength(where) > MAX_SOCKET_PATH_BYTES
      ? 'The path of the control socket is too long; use a data_dir with a shorter path.'
      : undefined;
  return httpErrors.create('LISTEN_FAILED', message, { cause: error, hint });
}

function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
