/**
 * Talks to the server that runs on the same data directory, over its control socket. Whoever may open that socket is
 * the local administrator, so no credential is sent.
 */
import { request } from 'node:http';
import { errorMessage } from '../core/errors.ts';
import { isRecord, parseJson } from '../core/json.ts';
import { cliErrors } from './errors.ts';

export interface ControlRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/** `not_running`: nobody listens on the socket. */
export type ControlAnswer =
  | { readonly kind: 'not_running' }
  | { readonly kind: 'answer'; readonly status: number; readonly body: Readonly<Record<string, unknown>> };

/** Nobody listens, or nobody can: there is no such directory, or its path is longer than a socket's may be. */
const NOT_RUNNING: ReadonlySet<unknown> = new Set([
  'ENOENT',
  'ECONNREFUSED',
  'ENOTSOCK',
  'ENOTDIR',
  'EINVAL',
  'ENAMETOOLONG',
]);
const DENIED: ReadonlySet<unknown> = new Set(['EACCES', 'EPERM']);

/**
 * Sends one request. Raises `MC_CLI_CONTROL_DENIED` when the socket is somebody else's and `MC_CLI_CONTROL_BROKEN` when
 * the connection breaks after it was made; rejects with the signal's reason.
 */
export async function callServer(socketPath: string, call: ControlRequest): Promise<ControlAnswer> {
  try {
    return await exchange(socketPath, call);
  } catch (error) {
    if (call.signal?.aborted === true) throw error;
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (NOT_RUNNING.has(code)) return { kind: 'not_running' };
    if (DENIED.has(code)) {
      const message = `the control socket ${socketPath} belongs to another user of this machine`;
      throw cliErrors.create('CONTROL_DENIED', message, { cause: error });
    }
    const message = `the connection to the running server broke: ${errorMessage(error)}`;
    throw cliErrors.create('CONTROL_BROKEN', message, { cause: error });
  }
}

/** The body of a successful answer, `undefined` when no server runs; raises `MC_CLI_CONTROL_*` otherwise. */
export async function askServer(
  socketPath: string,
  call: ControlRequest,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const answer = await callServer(socketPath, call);
  if (answer.kind === 'not_running') return undefined;
  if (answer.status < 400) return answer.body;
  const { error, hint } = answer.body;
  const message = typeof error === 'string' ? error : `the server answered ${answer.status}`;
  throw cliErrors.create('CONTROL_REFUSED', message, typeof hint === 'string' ? { hint } : {});
}

function exchange(
  socketPath: string,
  { method, path, body, signal }: ControlRequest,
): Promise<ControlAnswer> {
  return new Promise((resolve, reject) => {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const outgoing = request(
      {
        socketPath,
        method,
        path,
        headers: {
          host: 'localhost',
          accept: 'application/json',
          ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(signal === undefined ? {} : { signal }),
      },
      (incoming) => {
        let text = '';
        incoming.setEncoding('utf8');
        incoming.on('data', (chunk: string) => {
          text += chunk;
        });
        incoming.on('error', reject);
        incoming.on('end', () => {
          const parsed = parseJson(text);
          resolve({ kind: 'answer', status: incoming.statusCode ?? 0, body: isRecord(parsed) ? parsed : {} });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(payload);
  });
}
