/**
 * A model that answers at once, inside the process that measures, so that its share of a turn is known exactly: the
 * answer is rendered beforehand and every request is timed with the measuring process's own clock.
 */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const TEXT_PIECES = 20;
const PIECE = 'some words of it ';

/** When the newest request arrived and when its answer was written; milliseconds of `performance.now()`. */
export interface ModelTiming {
  readonly requestAt: number;
  readonly firstByteAt: number;
  readonly endAt: number;
}

export class BenchModel {
  readonly url: string;
  /** The newest request's timing. */
  timing: ModelTiming = { requestAt: 0, firstByteAt: 0, endAt: 0 };
  /** Bodies of the requests since `keepBodies` was switched on. */
  readonly bodies: string[] = [];
  keepBodies = false;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  }

  static async start(): Promise<BenchModel> {
    const answer = renderAnswer();
    const server = createServer((request, response) => {
      const requestAt = performance.now();
      let body = '';
      request.setEncoding('utf8').on('data', (chunk: string) => {
        if (model.keepBodies) body += chunk;
      });
      request.on('end', () => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const firstByteAt = performance.now();
        response.end(answer);
        model.timing = { requestAt, firstByteAt, endAt: performance.now() };
        if (model.keepBodies) model.bodies.push(body);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const model = new BenchModel(server);
    return model;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

function renderAnswer(): Buffer {
  const head = { id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 0, model: 'bench' };
  const delta = (content: string) => ({
    ...head,
    choices: [{ index: 0, delta: { content }, finish_reason: null }],
  });
  const events: unknown[] = Array.from({ length: TEXT_PIECES }, () => delta(PIECE));
  events.push({ ...head, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
  events.push({
    ...head,
    choices: [],
    usage: { prompt_tokens: 1000, completion_tokens: 60, total_tokens: 1060 },
  });
  return Buffer.from(
    `${events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')}data: [DONE]\n\n`,
  );
}
