/**
 * `web_fetch`: one page of the web as text (tools §7).
 *
 * Invariants: only the egress client is used, so every hop and address passes the URL policy; exactly the text that is
 * returned passes content validation first; it reaches the model inside an envelope that names its source.
 */
import { z } from 'zod';
import { MicroclawError } from '../../core/errors.ts';
import { lazyObject } from '../../core/lazy-object.ts';
import type { ContentValidator } from '../../security/content/content-validation.ts';
import type { EgressClient } from '../../security/egress/egress-client.ts';
import { egressErrors } from '../../security/egress/errors.ts';
import type { KnownPolicy } from '../../security/feeds/feed-policy.ts';
import type { UrlPolicy, UrlRule } from '../../security/urls/url-policy.ts';
import { toolErrors } from '../errors.ts';
import type { HtmlConverter } from '../html/html-converter.ts';
import { defineTool, type Tool, type ToolBoundary, type ToolContext, type ToolOutcome } from '../tool.ts';
import { wrapUntrusted } from '../untrusted-content.ts';
import { readWebContent } from './read-web-content.ts';

/** Bytes read of a body, after decompression. */
export const MAX_BODY_BYTES = 2 * 1_048_576;

export interface WebFetchOptions {
  readonly client: EgressClient;
  /** The rules in force for this call; rejects when they cannot be established, or with the signal's reason. */
  readonly policy: (signal: AbortSignal) => Promise<UrlPolicy>;
  /** What is known of them without a request. */
  readonly knownPolicy: () => Promise<KnownPolicy>;
  readonly validator: ContentValidator;
  readonly converter: Pick<HtmlConverter, 'convert'>;
}

const input = lazyObject(() => ({
  url: z.string(),
  timeout_secs: z.number().int().optional(),
}));

export function createWebFetchTool(options: WebFetchOptions): Tool {
  return defineTool({
    name: 'web_fetch',
    description: 'Fetch a web page or text file by URL and return its text (at most 20 KB).',
    input,
    risk: 'low',
    concurrency: 'read_only',
    defaultTimeoutSecs: 20,
    acceptsTimeout: true,
    idempotent: true,
    readsUntrusted: true,
    destination: ({ url }) => url,
    boundaries: async ({ url }) => urlBoundaries(await options.knownPolicy(), url),
    summarize: ({ url }) => url,
    run: ({ url }, context) => fetchAsOutcome(options, url, context),
  });
}

/** The configuration key of each rule. */
const URL_KEYS: Readonly<Record<UrlRule, string>> = {
  parse: 'web_fetch_url_validation.allowed_schemes',
  scheme: 'web_fetch_url_validation.allowed_schemes',
  host: 'web_fetch_url_validation.allowed_schemes',
  denylist: 'web_fetch_url_validation.denylist_hosts',
  allowlist: 'web_fetch_url_validation.allowlist_hosts',
  metadata: 'web_fetch_url_validation.block_private_ips',
  private_address: 'web_fetch_url_validation.block_private_ips',
  egress_policy: 'egress_policy',
};

/** By the text of the URL; the address is judged when the tool connects. */
function urlBoundaries({ policy, unread }: KnownPolicy, url: string): readonly ToolBoundary[] {
  const verdict = policy.explain(url);
  const later = unread.length === 0 ? '' : `; not read yet, so not judged: ${unread.join(', ')}`;
  if (verdict.kind === 'refused') {
    const rule = URL_KEYS[verdict.rule];
    return [{ step: 'egress', rule, refused: true, reason: `${verdict.message}${later}` }];
  }
  const reason = `URL host '${verdict.host.text}' is allowed by its name${later}`;
  return [{ step: 'egress', rule: 'web_fetch_url_validation', refused: false, reason }];
}

async function fetchAsOutcome(
  options: WebFetchOptions,
  url: string,
  context: ToolContext,
): Promise<ToolOutcome> {
  try {
    return await fetchPage(options, url, context);
  } catch (error) {
    const reason = context.signal.aborted ? context.signal.reason : error;
    const isTimeout = toolErrors.is(reason, 'TIMEOUT') || egressErrors.is(reason, 'TIMEOUT');
    if (!isTimeout && (context.signal.aborted || !(reason instanceof MicroclawError))) throw reason;
    const rule = blockingKey(reason);
    return { ...failure(reason.message, isTimeout ? 'timeout' : 'tool_error'), ...(rule && { rule }) };
  }
}

function blockingKey(error: unknown): string | undefined {
  if (!egressErrors.is(error, 'BLOCKED')) return undefined;
  const rule = String(error.data?.rule);
  return Object.entries(URL_KEYS).find(([name]) => name === rule)?.[1];
}

async function fetchPage(options: WebFetchOptions, url: string, context: ToolContext): Promise<ToolOutcome> {
  const response = await options.client.fetch({
    url,
    policy: await options.policy(context.signal),
    timeoutMs: context.timeoutMs,
    maxBytes: MAX_BODY_BYTES,
    signal: context.signal,
    headers: { accept: 'text/html, text/markdown, text/plain, application/json;q=0.9, */*;q=0.5' },
  });
  if (response.status < 200 || response.status > 299) {
    return { ...failure(`HTTP ${response.status}`, 'tool_error'), statusCode: response.status };
  }
  const content = await readWebContent(response, options.converter, context.signal);
  if (content.kind === 'refused') return failure(content.reason, 'tool_error');
  const text = content.text.trim() === '' ? '(no readable text)' : content.text;
  const verdict = options.validator.check(`${content.title}\n${text}`, response.url);
  if (verdict.kind === 'blocked') return failure(verdict.message, 'tool_error');
  const page = wrapUntrusted(text, { source: response.url, title: content.title });
  const metadata = { url: response.url, http_status: response.status };
  if (verdict.kind === 'clean') return { content: page, metadata };
  return {
    content: `${verdict.message}\n\n${page}`,
    metadata: { ...metadata, matched_rules: verdict.rules },
  };
}

function failure(reason: string, errorType: string): ToolOutcome {
  return { content: `Failed to fetch URL: ${reason}`, isError: true, errorType };
}
