/** The tools that read the web, with the rules and services they use. */
import type { Config } from '../config/config.ts';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../observability/logger.ts';
import { type ContentValidator, createContentValidator } from '../security/content/content-validation.ts';
import type { EgressClient } from '../security/egress/egress-client.ts';
import { FeedPolicy } from '../security/feeds/feed-policy.ts';
import type { FeedStatus } from '../security/feeds/feed-source.ts';
import { createFeedStore } from '../security/feeds/feed-store.ts';
import { createUrlPolicy, type UrlPolicyOptions } from '../security/urls/url-policy.ts';
import { createWebFetchTool } from '../tools/builtin/web-fetch.ts';
import { createWebSearchTool } from '../tools/builtin/web-search.ts';
import { HtmlConverter } from '../tools/html/html-converter.ts';
import type { Tool } from '../tools/tool.ts';
import { BRAVE_URL, createBrave } from '../tools/web-search/brave.ts';
import { createDuckDuckGo, DUCKDUCKGO_URL } from '../tools/web-search/duckduckgo.ts';
import type { SearchBackend } from '../tools/web-search/search-backend.ts';
import { createSearxng } from '../tools/web-search/searxng.ts';
import { createTavily, TAVILY_URL } from '../tools/web-search/tavily.ts';
import { feedSources } from './feed-sources.ts';
import type { LiveConfig } from './live-config.ts';

export interface WebToolParts {
  readonly config: Config;
  readonly live: LiveConfig;
  readonly client: EgressClient;
  /** Where copies of host lists are kept. */
  readonly feedsDir: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface BuiltWebTools {
  readonly tools: readonly Tool[];
  /** How the host lists are doing. */
  feedStatuses(): Promise<readonly FeedStatus[]>;
  /** Ends the converter thread and running requests for host lists. */
  close(): Promise<void>;
}

export function buildWebTools({
  config,
  live,
  client,
  feedsDir,
  clock,
  logger,
}: WebToolParts): BuiltWebTools {
  const converter = new HtmlConverter();
  const validator = live.view(contentValidator);
  const log = logger.child({ target: 'web_fetch' });
  const rules = live.derive((current) => {
    const next = urlRules(current);
    reportRejectedEntries(next, log);
    return next;
  });
  const { feed_sync } = config.web_fetch_url_validation;
  const policy = new FeedPolicy({
    rules,
    sources: feedSources(config),
    failOpen: feed_sync.fail_open,
    maxEntries: feed_sync.max_entries_per_source,
    client,
    store: createFeedStore(feedsDir),
    clock,
    warn: (data, message) => log.warn(data, message),
  });
  const search = config.web_search;
  return {
    tools: [
      createWebFetchTool({
        client,
        validator,
        converter,
        policy: (signal) => policy.current(signal),
        knownPolicy: () => policy.known(),
      }),
      createWebSearchTool({ ...searchBackends(config, client), maxResults: search.max_results, validator }),
    ],
    feedStatuses: () => policy.statuses(),
    close: async () => {
      await policy.close();
      await converter.close();
    },
  };
}

function contentValidator({ web_fetch_validation: checks }: Config): ContentValidator {
  return createContentValidator({
    enabled: checks.enabled,
    strictMode: checks.strict_mode,
    maxScanBytes: checks.max_scan_bytes,
    action: checks.action,
    trustedHosts: checks.trusted_hosts,
  });
}

function urlRules(config: Config): UrlPolicyOptions {
  const rules = config.web_fetch_url_validation;
  return {
    enabled: rules.enabled,
    allowedSchemes: rules.allowed_schemes,
    allowlistHosts: rules.allowlist_hosts,
    denylistHosts: rules.denylist_hosts,
    blockPrivateIps: rules.block_private_ips,
  };
}

function reportRejectedEntries(rules: UrlPolicyOptions, log: Logger): void {
  const { rejectedEntries } = createUrlPolicy(rules);
  if (rejectedEntries.length === 0) return;
  log.warn({ entries: rejectedEntries }, 'web_fetch_url_validation has entries that are not hosts');
}

/** The configured service, and DuckDuckGo for when it fails. One that lacks its key or address is DuckDuckGo. */
function searchBackends(
  { web_search: search }: Config,
  client: EgressClient,
): { readonly backend: SearchBackend; readonly fallback?: SearchBackend } {
  const fallback = createDuckDuckGo({ client, url: DUCKDUCKGO_URL, isOwn: false });
  const configured = configuredBackend(search, client);
  return configured === undefined ? { backend: fallback } : { backend: configured, fallback };
}

function configuredBackend(search: Config['web_search'], client: EgressClient): SearchBackend | undefined {
  switch (search.backend) {
    case 'duckduckgo':
      return undefined;
    case 'searxng':
      return search.searxng_base_url === undefined
        ? undefined
        : createSearxng(client, search.searxng_base_url);
    case 'brave':
      return search.brave_api_key === undefined
        ? undefined
        : createBrave({ client, url: BRAVE_URL, isOwn: false }, search.brave_api_key);
    case 'tavily':
      return search.tavily_api_key === undefined
        ? undefined
        : createTavily({ client, url: TAVILY_URL, isOwn: false }, search.tavily_api_key);
    default:
      return search.backend satisfies never;
  }
}
