/** Where a response sends the client next (RFC 9110 §15.4). Whether it may go there is decided by the caller. */
import type { IncomingMessage } from 'node:http';
import { egressErrors } from './errors.ts';

/** One request of a chain of redirects. */
export interface Hop {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
}

/** Headers that describe a body and go with it. */
const BODY_HEADERS: ReadonlySet<string> = new Set(['content-type', 'content-length', 'content-encoding']);

/**
 * The next request, or `undefined` when the response is final. 304 is final: nothing conditional is ever sent, so it
 * is an error of the server. Raises `MC_EGRESS_BAD_REDIRECT`.
 */
export function nextHop(hop: Hop, url: URL, response: IncomingMessage): Hop | undefined {
  const status = response.statusCode ?? 0;
  if (status < 300 || status > 399 || status === 304) return undefined;
  const { location } = response.headers;
  if (location === undefined || location.trim() === '') {
    throw egressErrors.create('BAD_REDIRECT', 'redirect response missing Location header');
  }
  const target = URL.parse(location, url.href);
  if (target === null)
    throw egressErrors.create('BAD_REDIRECT', 'redirect response has an invalid Location header');
  const keepsBody = status === 307 || status === 308 || hop.method === 'GET' || hop.method === 'HEAD';
  const headers = target.origin === url.origin ? hop.headers : {};
  return {
    url: target.href,
    method: keepsBody ? hop.method : 'GET',
    headers: keepsBody ? headers : withoutBodyHeaders(headers),
    body: keepsBody ? hop.body : undefined,
  };
}

function withoutBodyHeaders(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !BODY_HEADERS.has(name.toLowerCase())),
  );
}
