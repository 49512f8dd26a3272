/** The configured host lists as the feed code wants them. Shared by the server and the doctor. */
import type { Config } from '../config/config.ts';
import type { FeedSource } from '../security/feeds/feed-source.ts';

/** Enabled sources in the order of the file; none while `feed_sync` or the URL rules are switched off. */
export function feedSources(config: Config): readonly FeedSource[] {
  const { enabled, feed_sync } = config.web_fetch_url_validation;
  if (!enabled || !feed_sync.enabled) return [];
  return feed_sync.sources
    .filter((source) => source.enabled)
    .map((source) => ({
      mode: source.mode,
      url: source.url,
      format: source.format,
      refreshIntervalMs: source.refresh_interval_secs * 1000,
      timeoutMs: source.timeout_secs * 1000,
    }));
}
