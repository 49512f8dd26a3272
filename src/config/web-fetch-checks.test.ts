import { describe, expect, it } from 'vitest';
import { configSchema } from './config.ts';
import { checkWebTools } from './web-fetch-checks.ts';

const messages = (file: unknown) => checkWebTools(configSchema.parse(file)).map(({ message }) => message);
const feeds = (url: string, enabled = true) => ({
  web_fetch_url_validation: { feed_sync: { enabled, sources: [{ url }] } },
});

describe('the keys of the web tools', () => {
  it('are fine as they are by default', () => {
    expect(messages({})).toEqual([]);
  });

  it.each(['list.txt', 'ftp://a.example/', 'file:///etc/hosts'])('warn about a host list at %j', (url) => {
    expect(messages(feeds(url))).toEqual([expect.stringContaining('http or https address')]);
    expect(messages(feeds(url, false))).toEqual([]);
  });

  it.each(['https://a.example/list', 'inline:a.example', ' '])('accept a host list at %j', (url) => {
    expect(messages(feeds(url))).toEqual([]);
  });

  it('warn about a search service that cannot be asked', () => {
    expect(messages({ web_search: { backend: 'brave' } })).toEqual([
      '`web_search.backend` is brave, but `brave_api_key` is not set; DuckDuckGo is asked',
    ]);
    expect(messages({ web_search: { backend: 'brave', brave_api_key: 'key' } })).toEqual([]);
    expect(messages({ web_search: { backend: 'searxng', searxng_base_url: '' } })).toHaveLength(1);
  });

  it('turn zero into defaults and limit the number of results', () => {
    const { web_search, web_fetch_validation, web_fetch_url_validation } = configSchema.parse({
      web_search: { max_results: 0 },
      web_fetch_validation: { max_scan_bytes: 0 },
      web_fetch_url_validation: {
        feed_sync: {
          max_entries_per_source: 0,
          sources: [{ url: 'inline:a', refresh_interval_secs: 0, timeout_secs: 0 }],
        },
      },
    });
    expect(web_search.max_results).toBe(8);
    expect(configSchema.parse({ web_search: { max_results: 99 } }).web_search.max_results).toBe(20);
    expect(web_fetch_validation.max_scan_bytes).toBe(100_000);
    expect(web_fetch_url_validation.feed_sync).toMatchObject({
      max_entries_per_source: 10_000,
      sources: [{ mode: 'denylist', format: 'lines', refresh_interval_secs: 3600, timeout_secs: 10 }],
    });
  });
});
