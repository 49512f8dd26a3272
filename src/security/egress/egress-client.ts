/**
 * The one HTTP client for destinations that a model, a page or a feed chose.
 *
 * Invariants: every URL, redirects included, passes the policy before a connection is made, and every address passes
 * it at the moment of connecting; no connection is reused, so no request inherits another one's permission; cookies
 * and URL credentials are never sent; one deadline covers all hops; at most `maxBytes` decoded bytes are held.
 */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { errorMessage, MicroclawError } from '../../core/errors.ts';
import type { UrlPolicy } from '../urls/url-policy.ts';
import { checkedLookup, DNS_TIMEOUT_MS, type HostResolver, systemResolver } from './checked-lookup.ts';
import { egressErrors } from './errors.ts';
import { ACCEPTED_ENCODINGS, readBody } from './read-body.ts';
import { type Hop, nextHop } from './redirects.ts';

export const EGRESS_USER_AGENT = 'MicroClaw/1.0';
export const MAX_REDIRECTS = 5;

export interface EgressRequest {
  readonly url: string;
  readonly policy: UrlPolicy;
  /** For everything: look-up, connections, redirects and body. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** Aborting rejects with its reason. */
  readonly signal: AbortSignal;
  /** Default `GET`. */
  readonly method?: string;
  /** Dropped when a redirect leads to another origin. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export interface EgressResponse {
  readonly status: number;
  /** The address that answered, after redirects, without credentials and fragment. */
  readonly url: string;
  /** Lower-case names; repeated headers are joined. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** True when the body goes on beyond `maxBytes`. */
  readonly truncated: boolean;
}

export interface EgressClient {
  /** Resolves for every status that is not a redirect. Raises `MC_EGRESS_*`. */
  fetch(request: EgressRequest): Promise<EgressResponse>;
}

export interface EgressClientOptions {
  readonly resolver?: HostResolver;
  readonly dnsTimeoutMs?: number;
}

export function createEgressClient(options: EgressClientOptions = {}): EgressClient {
  const network = {
    resolver: options.resolver ?? systemResolver,
    dnsTimeoutMs: options.dnsTimeoutMs ?? DNS_TIMEOUT_MS,
  };
  return {
    async fetch(request) {
      const deadline = new AbortController();
      const timer = setTimeout(() => deadline.abort(timeoutError(request.timeoutMs)), request.timeoutMs);
      const signal = AbortSignal.any([request.signal, deadline.signal]);
      try {
        return await followRedirects(request, signal, network);
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

type Network = Required<EgressClientOptions>;

async function followRedirects(
  request: EgressRequest,
  signal: AbortSignal,
  network: Network,
): Promise<EgressResponse> {
  let hop: Hop = {
    url: request.url,
    method: request.method ?? 'GET',
    headers: request.headers ?? {},
    body: request.body,
  };
  for (let redirects = 0; ; redirects += 1) {
    const url = permittedUrl(hop.url, request.policy);
    const response = await send(hop, url, request.policy, signal, network);
    const next = nextHop(hop, url, response);
    if (next === undefined) return await finish(response, url, request.maxBytes, signal);
    response.destroy();
    if (redirects === MAX_REDIRECTS) {
      throw egressErrors.create('TOO_MANY_REDIRECTS', `too many redirects (max ${MAX_REDIRECTS})`);
    }
    hop = next;
  }
}

/** The URL without what must not be sent. Raises `MC_EGRESS_BLOCKED`. */
function permittedUrl(text: string, policy: UrlPolicy): URL {
  const verdict = policy.explain(text);
  if (verdict.kind === 'refused') {
    throw egressErrors.create('BLOCKED', verdict.message, { data: { rule: verdict.rule } });
  }
  const url = new URL(verdict.url);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw egressErrors.create('BLOCKED', `URL scheme '${url.protocol.slice(0, -1)}' is not supported`, {
      data: { rule: 'scheme' },
    });
  }
  url.username = '';
  url.password = '';
  url.hash = '';
  return url;
}

function send(
  hop: Hop,
  url: URL,
  policy: UrlPolicy,
  signal: AbortSignal,
  network: Network,
): Promise<IncomingMessage> {
  const open = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const lookup = checkedLookup({ policy, resolver: network.resolver, timeoutMs: network.dnsTimeoutMs });
  const headers = {
    ...hop.headers,
    'user-agent': EGRESS_USER_AGENT,
    'accept-encoding': ACCEPTED_ENCODINGS,
    ...(hop.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(hop.body)) }),
  };
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const request = open(url, { method: hop.method, headers, lookup, agent: false, signal });
    request.once('response', resolve);
    request.on('error', (error) => reject(sendFailure(error, url, signal)));
    request.end(hop.body);
  });
}

function sendFailure(error: Error, url: URL, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof MicroclawError) return error;
  const code = 'code' in error ? String(error.code) : errorMessage(error);
  return egressErrors.create('CONNECT_FAILED', `request to '${url.host}' failed: ${code}`, { cause: error });
}

async function finish(
  response: IncomingMessage,
  url: URL,
  maxBytes: number,
  signal: AbortSignal,
): Promise<EgressResponse> {
  const { bytes, truncated } = await readBody(response, maxBytes, signal);
  const headers = Object.entries(response.headers).map(
    ([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')] as const,
  );
  return {
    status: response.statusCode ?? 0,
    url: url.href,
    headers: Object.fromEntries(headers),
    body: bytes,
    truncated,
  };
}

function timeoutError(timeoutMs: number): MicroclawError {
  const seconds = Math.round(timeoutMs / 100) / 10;
  return egressErrors.create('TIMEOUT', `timed out after ${seconds} ${seconds === 1 ? 'second' : 'seconds'}`);
}
