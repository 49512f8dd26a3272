/** Drives turns the way the console does: send, follow the stream to its end, note when things arrived. */
import { isRecord, parseJson } from '../../src/core/json.ts';
import { HttpClient } from './http-client.ts';
import type { ServerProcess } from './server-process.ts';

const PASSWORD = 'bench password';
const READY = /is ready: .*\n/;

/** Instants of one turn; milliseconds of `performance.now()`. */
export interface TurnTiming {
  readonly sentAt: number;
  readonly firstDeltaAt: number;
  readonly doneAt: number;
}

export class TurnClient {
  readonly #http: HttpClient;
  readonly #headers: Readonly<Record<string, string>>;

  private constructor(http: HttpClient, headers: Readonly<Record<string, string>>) {
    this.#http = http;
    this.#headers = headers;
  }

  /** Sets the password with the one-time token from the server's output and signs in. */
  static async signIn(url: string, server: ServerProcess): Promise<TurnClient> {
    const output = await server.outputMatching(READY);
    const http = new HttpClient(url);
    const token = /#bootstrap=(\S+)/.exec(output)?.[1];
    if (token !== undefined) {
      const headers = { 'x-bootstrap-token': token };
      await http.send({ method: 'POST', path: '/api/auth/password', headers, body: { password: PASSWORD } });
    }
    const login = await http.send({ method: 'POST', path: '/api/auth/login', body: { password: PASSWORD } });
    if (login.status !== 200) throw new Error(`login answered ${login.status}: ${login.text}`);
    const cookies = (login.headers['set-cookie'] ?? []).map((cookie) => cookie.split(';')[0] ?? '');
    const csrf = cookies.find((cookie) => cookie.startsWith('mc_csrf='))?.slice('mc_csrf='.length) ?? '';
    return new TurnClient(http, { cookie: cookies.join('; '), 'x-csrf-token': csrf });
  }

  /** One turn. Rejects unless it ends with `done`. */
  async turn(sessionKey: string, message: string): Promise<TurnTiming> {
    const sentAt = performance.now();
    const sent = await this.#http.send({
      method: 'POST',
      path: '/api/send_stream',
      headers: this.#headers,
      body: { message, session_key: sessionKey },
    });
    const accepted = parseJson(sent.text);
    if (!isRecord(accepted) || typeof accepted.run_id !== 'string') {
      throw new Error(`send_stream answered ${sent.status}: ${sent.text}`);
    }
    let firstDeltaAt = 0;
    let doneAt = 0;
    const stream = await this.#http.send(
      { method: 'GET', path: `/api/stream?run_id=${accepted.run_id}`, headers: this.#headers },
      (chunk) => {
        if (firstDeltaAt === 0 && chunk.includes('event: delta')) firstDeltaAt = performance.now();
        if (doneAt === 0 && chunk.includes('event: done')) doneAt = performance.now();
      },
    );
    if (doneAt === 0) throw new Error(`the stream ended without done: ${stream.text.slice(-500)}`);
    return { sentAt, firstDeltaAt, doneAt };
  }

  close(): void {
    this.#http.close();
  }
}
