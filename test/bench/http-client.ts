/** A lean HTTP client: kept-alive connections and no abstractions, so that it costs little next to what is measured. */
import { Agent, type IncomingMessage, request } from 'node:http';

export interface ClientRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface ClientAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

export class HttpClient {
  readonly #base: URL;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });

  constructor(baseUrl: string) {
    this.#base = new URL(baseUrl);
  }

  /** `onChunk` sees the body while it arrives. */
  send(call: ClientRequest, onChunk?: (chunk: string) => void): Promise<ClientAnswer> {
    const payload = call.body === undefined ? undefined : JSON.stringify(call.body);
    const json = payload === undefined ? {} : { 'content-type': 'application/json' };
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          host: this.#base.hostname,
          port: this.#base.port,
          agent: this.#agent,
          method: call.method,
          path: call.path,
          headers: { ...json, ...call.headers },
        },
        (incoming) => {
          let text = '';
          incoming.setEncoding('utf8');
          incoming.on('data', (chunk: string) => {
            text += chunk;
            onChunk?.(chunk);
          });
          incoming.on('error', reject);
          incoming.on('end', () =>
            resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text }),
          );
        },
      );
      outgoing.on('error', reject);
      outgoing.end(payload);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
