/** Web servers on loopback for the program to reach; it knows them as `localhost`. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface WebServer {
  /** `http://localhost:<port>` without a final slash. */
  readonly url: string;
  readonly port: number;
  /** Paths of the requests so far. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

export class WebServers {
  readonly #servers: WebServer[] = [];

  async serve(handler: RequestListener): Promise<WebServer> {
    const requests: string[] = [];
    const server = createServer((request, response) => {
      requests.push(request.url ?? '');
      handler(request, response);
    });
    // Whatever address `localhost` has here is the one the program connects to.
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
    const { port } = server.address() as AddressInfo;
    const entry = { url: `http://localhost:${port}`, port, requests, close: () => closeServer(server) };
    this.#servers.push(entry);
    return entry;
  }

  /** A server that answers every request with one text. */
  page(text: string, type = 'text/html'): Promise<WebServer> {
    return this.serve((_request, response) => response.setHeader('content-type', type).end(text));
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.splice(0).map((server) => server.close()));
  }
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
