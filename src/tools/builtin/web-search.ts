/**
 * `web_search`: a list of hits from a search service (tools §8).
 *
 * Invariants: titles and snippets pass content validation before the model sees them and stand inside an envelope; when
 * another service than the configured one answered, the result says so.
 */
import { z } from 'zod';
import { errorMessage, MicroclawError } from '../../core/errors.ts';
import { lazyObject } from '../../core/lazy-object.ts';
import { ellipsize } from '../../core/text.ts';
import type { ContentValidator } from '../../security/content/content-validation.ts';
import { egressErrors } from '../../security/egress/errors.ts';
import { toolErrors } from '../errors.ts';
import { defineTool, type Tool, type ToolContext, type ToolOutcome } from '../tool.ts';
import { wrapUntrusted } from '../untrusted-content.ts';
import type { SearchBackend, SearchHit, SearchRequest } from '../web-search/search-backend.ts';

const MAX_TITLE_CHARS = 200;
const MAX_SNIPPET_CHARS = 500;
const MAX_URL_CHARS = 1000;

export interface WebSearchOptions {
  readonly backend: SearchBackend;
  /** Asked when `backend` fails. */
  readonly fallback?: SearchBackend;
  readonly maxResults: number;
  readonly validator: ContentValidator;
}

const input = lazyObject(() => ({
  query: z.string().trim().min(1),
  timeout_secs: z.number().int().optional(),
}));

export function createWebSearchTool(options: WebSearchOptions): Tool {
  return defineTool({
    name: 'web_search',
    description: 'Search the web. Returns a numbered list of titles, addresses and snippets.',
    input,
    risk: 'low',
    concurrency: 'read_only',
    defaultTimeoutSecs: 20,
    acceptsTimeout: true,
    idempotent: true,
    readsUntrusted: true,
    summarize: ({ query }) => query,
    run: ({ query }, context) => searchAsOutcome(options, query, context),
  });
}

async function searchAsOutcome(
  options: WebSearchOptions,
  query: string,
  context: ToolContext,
): Promise<ToolOutcome> {
  try {
    const { timeoutMs, signal } = context;
    const request = { query, maxResults: options.maxResults, timeoutMs, signal };
    return toOutcome(options, await search(options, request));
  } catch (error) {
    const reason = context.signal.aborted ? context.signal.reason : error;
    const isTimeout = toolErrors.is(reason, 'TIMEOUT') || egressErrors.is(reason, 'TIMEOUT');
    if (!isTimeout && (context.signal.aborted || !(reason instanceof MicroclawError))) throw reason;
    const content = `Search failed: ${reason.message}`;
    return { content, isError: true, errorType: isTimeout ? 'timeout' : 'tool_error' };
  }
}

interface Answer {
  readonly backend: SearchBackend['name'];
  readonly hits: readonly SearchHit[];
  /** Why the configured service did not answer. */
  readonly failure?: string;
}

async function search({ backend, fallback }: WebSearchOptions, request: SearchRequest): Promise<Answer> {
  // Half of the time for each, so that a service that stalls leaves time for the other one.
  const first = fallback === undefined ? request : { ...request, timeoutMs: request.timeoutMs / 2 };
  try {
    return { backend: backend.name, hits: await backend.search(first) };
  } catch (error) {
    if (fallback === undefined || request.signal.aborted || !(error instanceof MicroclawError)) throw error;
    const failure = `${backend.name} failed: ${error.message}`;
    try {
      const second = { ...request, timeoutMs: request.timeoutMs / 2 };
      return { backend: fallback.name, hits: await fallback.search(second), failure };
    } catch (second) {
      if (request.signal.aborted || !(second instanceof MicroclawError)) throw second;
      const message = `${failure}; ${fallback.name} failed: ${errorMessage(second)}`;
      throw new MicroclawError(second.code, second.kind, message, { hint: second.hint, cause: second });
    }
  }
}

function toOutcome({ maxResults, validator }: WebSearchOptions, answer: Answer): ToolOutcome {
  const notice = answer.failure === undefined ? '' : `Results of ${answer.backend} (${answer.failure}).\n\n`;
  const metadata = { backend: answer.backend };
  const hits = answer.hits.flatMap(readableHit).slice(0, maxResults);
  if (hits.length === 0) return { content: `${notice}No results found.`, metadata };
  const lines = hits.map((hit, index) => hitLines(hit, index + 1, validator));
  const content = wrapUntrusted(lines.join('\n\n'), { source: answer.backend });
  return { content: `${notice}${content}`, metadata: { ...metadata, results: hits.length } };
}

/** One line each, only addresses that can be opened. */
function readableHit(hit: SearchHit): readonly SearchHit[] {
  const url = URL.parse(hit.url.trim());
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.href.length > MAX_URL_CHARS)
    return [];
  const title = oneLine(hit.title, MAX_TITLE_CHARS);
  return [
    {
      title: title === '' ? url.host : title,
      url: url.href,
      snippet: oneLine(hit.snippet, MAX_SNIPPET_CHARS),
    },
  ];
}

/** Services mark the words of the query with tags. */
function oneLine(text: string, maxChars: number): string {
  const plain = text.replace(/<\/?(?:b|em|strong|mark)>/gi, '').replace(/\s+/g, ' ');
  return ellipsize(plain.trim(), maxChars);
}

function hitLines(hit: SearchHit, number: number, validator: ContentValidator): string {
  const verdict = validator.check(`${hit.title}\n${hit.snippet}`, hit.url);
  switch (verdict.kind) {
    case 'blocked':
      return `${number}. [${verdict.message}]\n   ${hit.url}`;
    case 'suspicious':
      return `${number}. ${hit.title}\n   ${hit.url}\n   [${verdict.message}]\n   ${hit.snippet}`;
    case 'clean':
      return `${number}. ${hit.title}\n   ${hit.url}${hit.snippet === '' ? '' : `\n   ${hit.snippet}`}`;
    default:
      return verdict satisfies never;
  }
}
