/**
 * Talks to the server that runs on the same data directory, over its control socket. Whoever may open that socket is
 * the local administrator, so no credential is sent.
 */
import { request } from 'node:http';
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

const NOT_RUNNING: ReadonlySet<unknown> = new Set(['ENOENT', 'ECONNREFUSED', 'ENOTSOCK']);

/** Sends one request. Rejects when the connection breaks after it was made, or with the signal's reason. */
export async function callServer(socketPath: string, call: ControlRequest): Promise<ControlAnswer> {
  try {
    return await exchange(socketPath, call);
  } catch (error) {
    if (error instanceof Error && 'code' in error && NOT_RUNNING.has(error.code))
      return { kind: 'not_running' };
    throw error;
  }
}

/** The body of a successful answer, `undefined` when no server runs; raises `MC_CLI_CONTROL_REFUSED` otherwise. */
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
