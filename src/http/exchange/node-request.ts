/** A request that came over a socket. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { httpErrors } from '../errors.ts';
import type { HttpRequest } from './http-request.ts';

export class NodeRequest implements HttpRequest {
  readonly method: string;
  readonly target: string;
  readonly isLocal: boolean;
  readonly #incoming: IncomingMessage;
  readonly #outgoing: ServerResponse;
  #abort: AbortController | undefined;

  private constructor(target: string, incoming: IncomingMessage, outgoing: ServerResponse, isLocal: boolean) {
    this.method = incoming.method ?? 'GET';
    this.target = target;
    this.isLocal = isLocal;
    this.#incoming = incoming;
    this.#outgoing = outgoing;
  }

  /**
   * `undefined` when the request names no path (RFC 9112 §3.2: neither origin-form nor absolute-form), or more than one
   * host: whoever stands in front of the server may have looked at the other.
   */
  static of(incoming: IncomingMessage, outgoing: ServerResponse, isLocal: boolean): NodeRequest | undefined {
    const target = hasManyHosts(incoming.rawHeaders) ? undefined : targetOf(incoming.url ?? '');
    return target === undefined ? undefined : new NodeRequest(target, incoming, outgoing, isLocal);
  }

  get remoteAddress(): string | undefined {
    return this.#incoming.socket.remoteAddress;
  }

  get signal(): AbortSignal {
    if (this.#abort !== undefined) return this.#abort.signal;
    const abort = new AbortController();
    this.#abort = abort;
    const outgoing = this.#outgoing;
    if (outgoing.destroyed) abort.abort();
    outgoing.once('close', () => {
      if (!outgoing.writableFinished) abort.abort();
    });
    return abort.signal;
  }

  header(name: string): string | undefined {
    const value = this.#incoming.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  readText(maxBytes: number): Promise<string | undefined> {
    const incoming = this.#incoming;
    if (incoming.destroyed) return Promise.reject(cutOff());
    // Who asked whether to send the body at all (RFC 9110 §10.1.1) has passed every check that needs none of it.
    if (expectsContinue(incoming)) this.#outgoing.writeContinue();
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      const finish = (settle: () => void) => {
        incoming.off('data', onData).off('end', onEnd).off('close', onCut).off('error', onCut);
        settle();
      };
      const onData = (chunk: Buffer) => {
        bytes += chunk.byteLength;
        if (bytes <= maxBytes) chunks.push(chunk);
        else finish(() => resolve(undefined));
      };
      const onEnd = () => finish(() => resolve(new TextDecoder().decode(Buffer.concat(chunks))));
      const onCut = () => finish(() => reject(cutOff()));
      incoming.on('data', onData).on('end', onEnd).on('close', onCut).on('error', onCut);
    });
  }
}

function expectsContinue({ headers, httpVersionMinor }: IncomingMessage): boolean {
  return httpVersionMinor > 0 && headers.expect?.toLowerCase() === '100-continue';
}

function hasManyHosts(rawHeaders: readonly string[]): boolean {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() === 'host') hosts += 1;
  }
  return hosts > 1;
}

function targetOf(url: string): string | undefined {
  if (url.startsWith('/')) return url;
  const absolute = URL.parse(url);
  return absolute?.pathname.startsWith('/') === true ? `${absolute.pathname}${absolute.search}` : undefined;
}

function cutOff() {
  return httpErrors.create('INVALID_REQUEST', 'the request ended before its body was complete');
}
