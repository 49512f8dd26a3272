/** What is doubtful about the keys of the web tools. */
import type { Config } from './config.ts';
import type { ConfigPath } from './config-problem.ts';
import type { Finding } from './validate.ts';

/** Host lists that cannot be read and search services that cannot be asked. */
export function checkWebTools(config: Config): readonly Finding[] {
  return [...checkFeeds(config), ...checkSearch(config)];
}

function warning(path: ConfigPath, message: string): Finding {
  return { severity: 'warning', path, part: 'value', message };
}

/** Whether a host list can be read from here: `inline:` or an http(s) address. */
export function isFeedUrl(url: string): boolean {
  return url.startsWith('inline:') || /^https?:$/.test(URL.parse(url)?.protocol ?? '');
}

function checkFeeds(config: Config): readonly Finding[] {
  const { enabled, sources } = config.web_fetch_url_validation.feed_sync;
  if (!enabled) return [];
  return sources.flatMap((source, index) => {
    if (!source.enabled || isFeedUrl(source.url)) return [];
    const path = ['web_fetch_url_validation', 'feed_sync', 'sources', index, 'url'];
    return [warning(path, 'a host list needs an http or https address, or `inline:` and the list itself')];
  });
}

const NEEDS = {
  duckduckgo: undefined,
  searxng: 'searxng_base_url',
  brave: 'brave_api_key',
  tavily: 'tavily_api_key',
} as const;

function checkSearch({ web_search }: Config): readonly Finding[] {
  const needed = NEEDS[web_search.backend];
  if (needed === undefined || web_search[needed] !== undefined) return [];
  const message = `\`web_search.backend\` is ${web_search.backend}, but \`${needed}\` is not set; DuckDuckGo is asked`;
  return [warning(['web_search', 'backend'], message)];
}
