/**
 * The real program with a model that calls one web tool, and web servers for it to reach.
 *
 * Invariant: every server listens on loopback, so the program reaches it as `localhost` only where its configuration
 * lists that host.
 */
import type { RequestListener } from 'node:http';
import { type ApiClient, setUpOperator } from './api-client.ts';
import { type FakeModelServer, startFakeModel } from './fake-model/fake-model-server.ts';
import { reply } from './fake-model/reply.ts';
import {
  createHome,
  type MicroclawHome,
  type RunningMicroclaw,
  startMicroclaw,
} from './microclaw-process.ts';
import { type WebServer, WebServers } from './web-servers.ts';

export class WebToolsHarness {
  readonly #sites = new WebServers();
  #model: FakeModelServer | undefined;
  #home: MicroclawHome | undefined;
  #server: RunningMicroclaw | undefined;
  #client: ApiClient | undefined;

  get home(): MicroclawHome {
    if (this.#home === undefined) throw new Error('start first');
    return this.#home;
  }

  /** What the program has logged so far. */
  log(): string {
    return this.#server?.log() ?? '';
  }

  serve(handler: RequestListener): Promise<WebServer> {
    return this.#sites.serve(handler);
  }

  /** A server that answers every request with one text. */
  page(text: string, type = 'text/html'): Promise<WebServer> {
    return this.#sites.page(text, type);
  }

  async start(config: Readonly<Record<string, unknown>>): Promise<void> {
    this.#model = await startFakeModel();
    this.#home = await createHome({
      ...this.#model.config,
      ...config,
    });
    this.#server = await startMicroclaw(this.#home);
    this.#client = await setUpOperator(this.#server);
  }

  /** Stops the program and starts it again on the same data. */
  async restart(): Promise<void> {
    await this.#server?.stop();
    this.#server = await startMicroclaw(this.home);
    this.#client = this.#client?.at(this.#server.url);
  }

  /** Lets the model call a tool and returns what the model gets to see. */
  async call(name: string, input: Readonly<Record<string, unknown>>): Promise<string> {
    if (this.#model === undefined || this.#client === undefined) throw new Error('start first');
    this.#model.enqueue(reply.toolCalls([{ name, input }]), reply.text('done'));
    await this.#client.send('go', `chat-${this.#model.requests.length}`);
    return this.#model.requests.at(-1)?.toolResults.at(-1) ?? '';
  }

  fetch(url: string): Promise<string> {
    return this.call('web_fetch', { url });
  }

  async dispose(): Promise<void> {
    await this.#server?.stop();
    await this.#model?.stop();
    await this.#sites.close();
    await this.#home?.dispose();
  }
}
