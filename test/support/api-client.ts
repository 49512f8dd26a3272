/** A client of the HTTP API for tests: signs in as the operator and follows runs over SSE. */
import { createParser } from 'eventsource-parser';
import type { RunningMicroclaw } from './microclaw-process.ts';

export const PASSWORD = 'correct horse battery';

export interface SseFrame {
  readonly id: number | undefined;
  readonly event: string;
  // Test code reads fields of many event shapes.
  readonly data: Record<string, unknown>;
}

export interface JsonAnswer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

export class ApiClient {
  readonly url: string;
  readonly #cookie: string;
  readonly #csrf: string;

  constructor(url: string, cookie: string, csrf: string) {
    this.url = url;
    this.#cookie = cookie;
    this.#csrf = csrf;
  }

  headers(): Record<string, string> {
    return { cookie: this.#cookie, 'x-csrf-token': this.#csrf };
  }

  /** The same session at another address: after a restart on another port. */
  at(url: string): ApiClient {
    return new ApiClient(url, this.#cookie, this.#csrf);
  }

  async get(path: string): Promise<JsonAnswer> {
    return answer(await fetch(`${this.url}${path}`, { headers: this.headers() }));
  }

  async post(path: string, body: unknown): Promise<JsonAnswer> {
    return answer(
      await fetch(`${this.url}${path}`, {
        method: 'POST',
        headers: { ...this.headers(), 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    );
  }

  /** Sends and waits for the answer. */
  async send(message: string, sessionKey = 'main'): Promise<JsonAnswer> {
    return this.post('/api/send', { message, session_key: sessionKey });
  }

  /** Sends and returns the run id at once. */
  async sendStream(message: string, sessionKey = 'main'): Promise<string> {
    const { status, body } = await this.post('/api/send_stream', { message, session_key: sessionKey });
    if (status !== 200) throw new Error(`send_stream answered ${status}: ${JSON.stringify(body)}`);
    return String(body.run_id);
  }

  /** The frames of a run's stream to its end, or until `until` says so. */
  async stream(
    runId: string,
    options: { readonly lastEventId?: number; readonly until?: (frame: SseFrame) => boolean } = {},
  ): Promise<SseFrame[]> {
    const frames: SseFrame[] = [];
    const query = options.lastEventId === undefined ? '' : `&last_event_id=${options.lastEventId}`;
    const response = await fetch(`${this.url}/api/stream?run_id=${runId}${query}`, {
      headers: this.headers(),
    });
    if (response.status !== 200 || response.body === null)
      throw new Error(`stream answered ${response.status}`);
    const parser = createParser({
      onEvent: (event) => {
        frames.push({
          id: event.id === undefined ? undefined : Number(event.id),
          event: event.event ?? 'message',
          data: JSON.parse(event.data) as Record<string, unknown>,
        });
      },
    });
    const decoder = new TextDecoder();
    let checked = 0;
    for await (const chunk of response.body) {
      parser.feed(decoder.decode(chunk, { stream: true }));
      for (; checked < frames.length; checked += 1) {
        const frame = frames[checked];
        if (frame !== undefined && options.until?.(frame)) {
          return frames.slice(0, checked + 1);
        }
      }
    }
    return frames;
  }
}

/** Sets the password through the bootstrap token and signs in. */
export async function setUpOperator(server: RunningMicroclaw): Promise<ApiClient> {
  const response = await fetch(`${server.url}/api/auth/password`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-bootstrap-token': server.bootstrapToken ?? '' },
    body: JSON.stringify({ password: PASSWORD }),
  });
  if (!response.ok)
    throw new Error(`setting the password answered ${response.status}: ${await response.text()}`);
  return signIn(server.url);
}

export async function signIn(url: string, password = PASSWORD): Promise<ApiClient> {
  const response = await fetch(`${url}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ password }),
  });
  if (!response.ok) throw new Error(`login answered ${response.status}: ${await response.text()}`);
  const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(';')[0] ?? '');
  const csrf = cookies.find((cookie) => cookie.startsWith('mc_csrf='))?.slice('mc_csrf='.length) ?? '';
  return new ApiClient(url, cookies.join('; '), csrf);
}

async function answer(response: Response): Promise<JsonAnswer> {
  const text = await response.text();
  const body: unknown = text.startsWith('{') ? JSON.parse(text) : { text };
  return { status: response.status, body: body as Record<string, unknown> };
}
