/**
 * A scripted model server for tests, benchmarks and chaos runs: OpenAI chat completions, OpenAI Responses and
 * Anthropic Messages on one port, streaming and not.
 *
 * An answer comes from the queue, else from the first route that has one, else it echoes. Every request is recorded
 * before it is answered.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type FakeProtocol, type RecordedRequest, recordRequest } from './recorded-request.ts';
import { type RenderedReply, type RenderInput, sseEvent } from './rendered-reply.ts';
import { FakeReply, type FakeUsage, type ReplySpec } from './reply.ts';
import { renderAnthropic } from './wire-anthropic.ts';
import { renderChat } from './wire-chat.ts';
import { renderResponses } from './wire-responses.ts';

export type Answer = FakeReply | ReplySpec;
/** Decides an answer from the request; `undefined` leaves it to the next route. */
export type Route = (request: RecordedRequest) => Answer | undefined | Promise<Answer | undefined>;

export interface FakeModelOptions {
  /** 0 (default) picks a free port. */
  readonly port?: number;
  /** Requests kept in `requests`; older ones are dropped. Default 1000, so that long benchmarks stay small. */
  readonly keepRequests?: number;
}

interface Waiter {
  readonly matches: (request: RecordedRequest) => boolean;
  readonly resolve: (request: RecordedRequest) => void;
}

const PROTOCOLS: readonly { readonly suffix: string; readonly protocol: FakeProtocol }[] = [
  { suffix: '/chat/completions', protocol: 'chat' },
  { suffix: '/responses', protocol: 'responses' },
  { suffix: '/messages', protocol: 'anthropic' },
];

const RENDERERS: Readonly<Record<FakeProtocol, (input: RenderInput) => RenderedReply>> = {
  chat: renderChat,
  responses: renderResponses,
  anthropic: renderAnthropic,
};

export class FakeModelServer {
  /** `http://127.0.0.1:<port>`; also the base URL for Anthropic. */
  readonly url: string;
  /** Base URL for the two OpenAI protocols. */
  readonly openAiUrl: string;
  /** What a configuration needs so that this server answers, as a provider that speaks OpenAI's chat completions. */
  readonly config: {
    readonly llm_provider: 'custom';
    readonly llm_base_url: string;
    readonly api_key: string;
    readonly model: string;
  };
  readonly requests: RecordedRequest[] = [];
  readonly #server: Server;
  readonly #keepRequests: number;
  readonly #queue: ReplySpec[] = [];
  readonly #routes: Route[] = [];
  readonly #waiters = new Set<Waiter>();
  readonly #listeners = new Set<(request: RecordedRequest) => void>();
  readonly #closed = new Set<(request: RecordedRequest) => void>();
  #count = 0;
  #connections = 0;

  private constructor(server: Server, options: FakeModelOptions) {
    this.#server = server;
    this.#keepRequests = options.keepRequests ?? 1000;
    const { port } = server.address() as AddressInfo; // listening on TCP
    this.url = `http://127.0.0.1:${port}`;
    this.openAiUrl = `${this.url}/v1`;
    this.config = {
      llm_provider: 'custom',
      llm_base_url: this.openAiUrl,
      api_key: 'test-key',
      model: 'fake-large',
    };
    server.on('connection', () => {
      this.#connections += 1;
    });
    server.on('request', (request, response) => {
      this.#handle(request, response).catch((error: unknown) => {
        // A test that destroyed the connection is done with this answer.
        if (!response.destroyed) response.destroy(error instanceof Error ? error : undefined);
      });
    });
  }

  static async start(options: FakeModelOptions = {}): Promise<FakeModelServer> {
    const server = createServer({ keepAliveTimeout: 60_000 });
    server.listen(options.port ?? 0, '127.0.0.1');
    await once(server, 'listening');
    return new FakeModelServer(server, options);
  }

  /** TCP connections accepted so far; shows whether clients reuse them. */
  get connectionCount(): number {
    return this.#connections;
  }

  /** Requests received so far, dropped ones included. */
  get requestCount(): number {
    return this.#count;
  }

  /** Answers for the next requests, in order. */
  enqueue(...answers: readonly Answer[]): void {
    this.#queue.push(...answers.map(toSpec));
  }

  /** Adds a rule for requests that the queue does not answer. */
  route(route: Route): void {
    this.#routes.push(route);
  }

  /** Calls `listener` for every request, after it was recorded and before it is answered; returns the undo. */
  onRequest(listener: (request: RecordedRequest) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls `listener` when a client closed its connection before the answer was complete. */
  onClientClosed(listener: (request: RecordedRequest) => void): () => void {
    this.#closed.add(listener);
    return () => this.#closed.delete(listener);
  }

  /** The first recorded or coming request that matches. */
  waitForRequest(matches: (request: RecordedRequest) => boolean = () => true): Promise<RecordedRequest> {
    const known = this.requests.find(matches);
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((resolve) => {
      this.#waiters.add({ matches, resolve });
    });
  }

  /** Forgets requests, queue and routes. */
  reset(): void {
    this.requests.length = 0;
    this.#queue.length = 0;
    this.#routes.length = 0;
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (incoming.url ?? '/').split('?')[0] ?? '/';
    const bodyText = await readText(incoming);
    if (incoming.method === 'GET' && path.endsWith('/models')) {
      const data = ['fake-model', 'fake-model-small'].map((id) => ({
        id,
        object: 'model',
        owned_by: 'fake',
      }));
      sendJson(response, 200, { object: 'list', data });
      return;
    }
    const protocol = PROTOCOLS.find((row) => path.endsWith(row.suffix))?.protocol;
    if (incoming.method !== 'POST' || protocol === undefined) {
      sendJson(response, 404, { error: { type: 'not_found_error', message: `no such endpoint: ${path}` } });
      return;
    }
    const headers = flatHeaders(incoming);
    const request = recordRequest(this.#count, protocol, incoming.url ?? '/', headers, bodyText);
    this.#record(request);
    response.once('close', () => {
      if (!response.writableEnded) for (const listener of this.#closed) listener(request);
    });
    const spec = await this.#answerFor(request);
    await send(spec, request, response);
  }

  #record(request: RecordedRequest): void {
    this.#count += 1;
    this.requests.push(request);
    if (this.requests.length > this.#keepRequests) this.requests.shift();
    for (const listener of this.#listeners) listener(request);
    for (const waiter of this.#waiters) {
      if (!waiter.matches(request)) continue;
      this.#waiters.delete(waiter);
      waiter.resolve(request);
    }
  }

  async #answerFor(request: RecordedRequest): Promise<ReplySpec> {
    const queued = this.#queue.shift();
    if (queued !== undefined) return queued;
    for (const route of this.#routes) {
      const answer = await route(request);
      if (answer !== undefined) return toSpec(answer);
    }
    const text = request.endsWithToolResult
      ? `The tool returned: ${request.toolResults.join(' | ').slice(0, 500)}`
      : `echo: ${request.lastUserText}`;
    return { text };
  }
}

/** Starts a fake model on a free port of the loopback interface. */
export function startFakeModel(options: FakeModelOptions = {}): Promise<FakeModelServer> {
  return FakeModelServer.start(options);
}

function toSpec(answer: Answer): ReplySpec {
  return answer instanceof FakeReply ? answer.spec : answer;
}

async function readText(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function flatHeaders(incoming: IncomingMessage): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    flat[name] = Array.isArray(value) ? value.join(', ') : (value ?? '');
  }
  return flat;
}

function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const isText = typeof body === 'string';
  const text = isText ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': isText ? 'text/plain' : 'application/json', ...headers });
  response.end(text);
}

const ERROR_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
  529: 'overloaded_error',
};

function estimateUsage(spec: ReplySpec, request: RecordedRequest): FakeUsage {
  if (spec.usage !== undefined) return spec.usage;
  const output = (spec.text ?? '').length + JSON.stringify(spec.toolCalls ?? []).length;
  return { inputTokens: Math.ceil(request.bodyText.length / 4), outputTokens: Math.ceil(output / 4) };
}

async function send(spec: ReplySpec, request: RecordedRequest, response: ServerResponse): Promise<void> {
  if (spec.latencyMs !== undefined) await delay(spec.latencyMs);
  if (spec.hang === true || response.destroyed) return;
  if (spec.status !== undefined) {
    const type = ERROR_TYPES[spec.status] ?? 'api_error';
    const body = spec.body ?? { type: 'error', error: { type, message: `fake error ${spec.status}` } };
    sendJson(response, spec.status, body, spec.headers);
    return;
  }
  const usage = estimateUsage(spec, request);
  const rendered = RENDERERS[request.protocol]({ spec, model: request.model, index: request.index, usage });
  if (!request.stream || spec.document === true) {
    sendJson(response, 200, rendered.document, spec.headers);
    return;
  }
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-cache',
    ...spec.headers,
  });
  await sendEvents(spec, scriptedEvents(spec, rendered.events, request.protocol), response);
}

/** The events with the faults of the script put in. */
function scriptedEvents(
  spec: ReplySpec,
  rendered: readonly string[],
  protocol: FakeProtocol,
): readonly string[] {
  if (spec.rawStream !== undefined) return [spec.rawStream];
  let events = rendered;
  if (spec.malformed === true) {
    const at = Math.floor((events.length * 2) / 3);
    events = [...events.slice(0, at), 'data: {"broken": \n\n', ...events.slice(at)];
  }
  if (spec.errorEvent !== undefined) {
    const error = spec.errorEvent;
    const failure =
      protocol === 'responses'
        ? sseEvent({ type: 'error', code: error.type, message: error.message }, 'error')
        : sseEvent({ type: 'error', error }, protocol === 'anthropic' ? 'error' : undefined);
    events = [...events.slice(0, 1), failure];
  }
  return events;
}

async function sendEvents(
  spec: ReplySpec,
  events: readonly string[],
  response: ServerResponse,
): Promise<void> {
  const limit = Math.min(spec.cutAfter ?? Infinity, spec.endAfter ?? Infinity, spec.hangAfter ?? Infinity);
  const allowed = events.slice(0, limit);
  if (spec.splitBytes !== undefined) {
    writeInPieces(Buffer.from(allowed.join('')), spec.splitBytes, response);
  } else if (spec.gapMs === undefined) {
    if (allowed.length > 0) response.write(allowed.join(''));
  } else {
    for (const event of allowed) {
      if (response.destroyed) return;
      response.write(event);
      await delay(spec.gapMs);
    }
  }
  if (spec.hangAfter !== undefined) {
    response.flushHeaders();
    return;
  }
  if (spec.cutAfter === undefined) {
    response.end();
    return;
  }
  // The events must reach the client before the connection breaks.
  response.flushHeaders();
  await delay(10);
  response.destroy();
}

/** Each piece is one HTTP chunk, which the client's parser reports on its own however packets travel. */
function writeInPieces(bytes: Buffer, sizes: readonly number[], response: ServerResponse): void {
  let start = 0;
  for (let turn = 0; start < bytes.length; turn += 1) {
    const size = Math.max(1, sizes[Math.min(turn, sizes.length - 1)] ?? bytes.length);
    response.write(bytes.subarray(start, start + size));
    start += size;
  }
}
