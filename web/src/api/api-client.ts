/**
 * Calls to the server that served this page. Same-origin, cookies for identity, the CSRF token of cookie `mc_csrf`
 * on every call; no endpoint is ever derived from a URL parameter.
 *
 * Invariants: a refusal becomes `ApiError`, an unreachable server `NetworkError`; a 401 outside the sign-in routes
 * is reported once through `onSignedOut`.
 */
import { type ApiError, apiErrorFrom, NetworkError } from './api-error.ts';
import type {
  AuthStatus,
  ConfigUpdateBody,
  Health,
  HistoryPage,
  RuntimeInfo,
  SendAccepted,
  SessionsPage,
} from './types.ts';

export interface ApiClientPorts {
  readonly fetch: typeof fetch;
  /** `document.cookie` in a browser. */
  readonly readCookies: () => string;
  /** The login session ended on the server's side. */
  readonly onSignedOut: () => void;
}

export interface SendRequest {
  readonly sessionKey: string;
  readonly message: string;
  /** Repeating a send with the same id starts nothing twice. */
  readonly clientMessageId: string;
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

interface CallOptions {
  readonly body?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export class ApiClient {
  readonly #ports: ApiClientPorts;

  constructor(ports: ApiClientPorts) {
    this.#ports = ports;
  }

  authStatus(signal?: AbortSignal): Promise<AuthStatus> {
    return this.#get('/api/auth/status', signal);
  }

  /** `ApiError` 401 for a wrong password, 429 while throttled. */
  async login(password: string): Promise<void> {
    await this.#call('POST', '/api/auth/login', { body: { password, label: 'web console' } });
  }

  async logout(): Promise<void> {
    await this.#call('POST', '/api/auth/logout', { body: {} });
  }

  /** First password of a fresh server; `bootstrapToken` is the one-time token of its start message. */
  async setFirstPassword(password: string, bootstrapToken: string): Promise<void> {
    const headers = { 'x-bootstrap-token': bootstrapToken };
    await this.#call('POST', '/api/auth/password', { body: { password }, headers });
  }

  health(signal?: AbortSignal): Promise<Health> {
    return this.#get('/api/health', signal);
  }

  runtime(signal?: AbortSignal): Promise<RuntimeInfo> {
    return this.#get('/api/runtime', signal);
  }

  sessions(signal?: AbortSignal): Promise<SessionsPage> {
    return this.#get('/api/sessions', signal);
  }

  /** One page of the transcript, oldest first; `before` is the `seq` of the oldest message already held. */
  history(query: {
    readonly sessionKey: string;
    readonly limit: number;
    readonly before?: number;
    readonly signal?: AbortSignal;
  }): Promise<HistoryPage> {
    const search = new URLSearchParams({ session_key: query.sessionKey, limit: String(query.limit) });
    if (query.before !== undefined) search.set('before', String(query.before));
    return this.#get(`/api/history?${search}`, query.signal);
  }

  /** Starts a run; resolves when the server has stored the message. */
  async send(request: SendRequest): Promise<SendAccepted> {
    return await this.#call('POST', '/api/send_stream', {
      body: {
        session_key: request.sessionKey,
        message: request.message,
        client_message_id: request.clientMessageId,
      },
    });
  }

  async abortRun(runId: string): Promise<void> {
    await this.#call('POST', `/api/runs/${encodeURIComponent(runId)}/abort`, { body: {} });
  }

  /** Answers a call that waits; rejects with 409 when somebody else was faster. */
  async answerApproval(approvalId: string, decision: 'once' | 'always' | 'deny'): Promise<void> {
    await this.#call('POST', `/api/approvals/${encodeURIComponent(approvalId)}`, { body: { decision } });
  }

  async resetSession(sessionKey: string): Promise<void> {
    await this.#call('POST', '/api/reset', { body: { session_key: sessionKey } });
  }

  async deleteSession(sessionKey: string): Promise<void> {
    await this.#call('POST', '/api/delete_session', { body: { session_key: sessionKey } });
  }

  /** The open event stream of a run, from the event after `lastEventId`. */
  async openRunStream(runId: string, lastEventId: number, signal: AbortSignal): Promise<Response> {
    const search = new URLSearchParams({ run_id: runId });
    if (lastEventId > 0) search.set('last_event_id', String(lastEventId));
    const headers = { accept: 'text/event-stream' };
    return await this.#fetch('GET', `/api/stream?${search}`, { headers, signal });
  }

  /** Reads what a page of the operator shows; the caller names the type of the route. */
  read<Answer>(path: string, signal: AbortSignal): Promise<Answer> {
    return this.#get(path, signal);
  }

  /** Changes something for a page of the operator. */
  async change<Answer>(
    method: 'POST' | 'DELETE',
    path: string,
    body: Readonly<Record<string, unknown>> = {},
  ): Promise<Answer> {
    return await this.#call(method, path, method === 'DELETE' ? {} : { body });
  }

  /**
   * Changes keys of the configuration: dotted names, `null` for the default. Rejects with 412 when the file is no
   * longer the one with `etag`, with 400 and the server's reasons when the result would not be valid.
   */
  async changeConfig(patch: Readonly<Record<string, unknown>>, etag: string): Promise<ConfigUpdateBody> {
    return await this.#call('PUT', '/api/config', { body: patch, headers: { 'if-match': etag } });
  }

  #get<Answer>(path: string, signal: AbortSignal | undefined): Promise<Answer> {
    return this.#call('GET', path, signal === undefined ? {} : { signal });
  }

  async #call<Answer>(method: Method, path: string, options: CallOptions): Promise<Answer> {
    const response = await this.#fetch(method, path, options);
    try {
      // The page and the server are built from the same sources, so the route's declared type is what arrives.
      return (await response.json()) as Answer;
    } catch (cause) {
      throw new NetworkError(`The answer of ${path} was cut off`, { cause });
    }
  }

  async #fetch(method: Method, path: string, options: CallOptions): Promise<Response> {
    const headers = new Headers(options.headers);
    const csrfToken = readCookie(this.#ports.readCookies(), 'mc_csrf');
    if (csrfToken !== undefined) headers.set('x-csrf-token', csrfToken);
    if (options.body !== undefined) headers.set('content-type', 'application/json');
    const response = await this.#reach(path, {
      method,
      headers,
      credentials: 'same-origin',
      cache: 'no-store',
      ...(options.body !== undefined && { body: JSON.stringify(options.body) }),
      ...(options.signal !== undefined && { signal: options.signal }),
    });
    if (response.ok) return response;
    const error = await apiErrorFrom(response);
    if (isSessionEnd(error, path)) this.#ports.onSignedOut();
    throw error;
  }

  async #reach(path: string, init: RequestInit): Promise<Response> {
    try {
      return await this.#ports.fetch(path, init);
    } catch (cause) {
      if (init.signal?.aborted) throw cause;
      throw new NetworkError(`${path} could not be reached`, { cause });
    }
  }
}

function isSessionEnd(error: ApiError, path: string): boolean {
  return error.status === 401 && !path.startsWith('/api/auth/');
}

function readCookie(cookies: string, name: string): string | undefined {
  for (const pair of cookies.split(';')) {
    const [key, ...value] = pair.trim().split('=');
    if (key === name) return decodeURIComponent(value.join('='));
  }
  return undefined;
}
