/**
 * Requests to the one host of a search service.
 *
 * Invariants: a redirect to another host is refused, so a key never leaves the service; a private address is connected
 * to only where the operator named the host.
 */
import { z } from 'zod';
import { parseJson } from '../../core/json.ts';
import { lazy } from '../../core/lazy.ts';
import type { EgressClient } from '../../security/egress/egress-client.ts';
import { createUrlPolicy, defaultUrlPolicyOptions, type UrlPolicy } from '../../security/urls/url-policy.ts';
import { searchErrors } from './errors.ts';
import type { SearchRequest } from './search-backend.ts';

/** Bytes of an answer, after decompression. */
const MAX_ANSWER_BYTES = 1_048_576;

export interface SearchEndpoint {
  readonly client: EgressClient;
  readonly url: string;
  /** The operator named this host: it may have a private address. */
  readonly isOwn: boolean;
}

export interface SearchMessage {
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON with `POST`. */
  readonly json?: unknown;
}

/** The text of a successful answer. Raises `MC_SEARCH_REFUSED` and `MC_EGRESS_*`. */
export async function askEndpoint(
  endpoint: SearchEndpoint,
  message: SearchMessage,
  { timeoutMs, signal }: SearchRequest,
): Promise<string> {
  const body = message.json === undefined ? undefined : JSON.stringify(message.json);
  const response = await endpoint.client.fetch({
    url: `${endpoint.url}${message.path}`,
    policy: endpointPolicy(endpoint),
    timeoutMs,
    maxBytes: MAX_ANSWER_BYTES,
    signal,
    headers: { ...message.headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { method: 'POST', body }),
  });
  if (response.status !== 200) throw searchErrors.create('REFUSED', `HTTP ${response.status}`);
  return Buffer.from(response.body).toString('utf8');
}

/** A JSON answer in the shape of `schema`. Raises `MC_SEARCH_*` and `MC_EGRESS_*`. */
export async function askForJson<Schema extends z.ZodType>(
  endpoint: SearchEndpoint,
  message: SearchMessage,
  request: SearchRequest,
  schema: Schema,
): Promise<z.output<Schema>> {
  const parsed = schema.safeParse(parseJson(await askEndpoint(endpoint, message, request)));
  if (parsed.success) return parsed.data;
  throw searchErrors.create('BAD_ANSWER', 'the answer is not a list of results');
}

/** Services leave out fields or send `null`; a hit without one is still a hit. */
export const optionalField = lazy(() =>
  z
    .string()
    .nullish()
    .transform((value) => value ?? ''),
);

function endpointPolicy({ url, isOwn }: SearchEndpoint): UrlPolicy {
  const onlyHost = createUrlPolicy({
    ...defaultUrlPolicyOptions,
    allowlistHosts: [URL.parse(url)?.hostname ?? ''],
  });
  if (isOwn) return onlyHost;
  const publicOnly = createUrlPolicy(defaultUrlPolicyOptions);
  return {
    explain: (target) => onlyHost.explain(target),
    explainAddress: (host, address) => publicOnly.explainAddress(host, address),
    rejectedEntries: [],
  };
}
