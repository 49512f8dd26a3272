/** What `web_fetch` may open and return, and how the host lists are doing. Reads files only, asks no server. */
import { layoutOf } from '../../app/data-layout.ts';
import { feedSources } from '../../app/feed-sources.ts';
import type { Config } from '../../config/config.ts';
import { isFeedUrl } from '../../config/web-fetch-checks.ts';
import { formatTimestamp } from '../../core/clock.ts';
import { errorMessage } from '../../core/errors.ts';
import { type FeedSource, feedLabel, inlineList } from '../../security/feeds/feed-source.ts';
import { createFeedStore, type FeedStore } from '../../security/feeds/feed-store.ts';
import { parseFeed } from '../../security/feeds/parse-feed.ts';
import type { DoctorCheck, DoctorFacts } from './check.ts';

/** Checks `web_fetch.*` of config-cli §5. */
export async function webFetchChecks({ configuration }: DoctorFacts): Promise<readonly DoctorCheck[]> {
  if (configuration instanceof Error || configuration.config === undefined) return [];
  const { config } = configuration;
  return [...contentChecks(config), ...urlChecks(config), ...(await feedChecks(config))];
}

/** Passes, or warns and says what to do. */
function passOrWarn(
  name: string,
  title: string,
  isFine: boolean,
  detail: { readonly pass: string; readonly warn: string; readonly fix: string },
): DoctorCheck {
  const check = { id: `web_fetch.${name}`, title };
  if (isFine) return { ...check, status: 'pass', detail: detail.pass };
  return { ...check, status: 'warn', detail: detail.warn, fix: detail.fix };
}

function contentChecks({ web_fetch_validation: checks }: Config): readonly DoctorCheck[] {
  const isOn = checks.enabled && checks.action === 'block';
  return [
    passOrWarn('content_validation', 'Content of web pages', isOn, {
      pass: `the first ${checks.max_scan_bytes} bytes are checked`,
      warn: checks.enabled ? 'suspicious text is marked, not refused' : 'not checked',
      fix: 'set web_fetch_validation.enabled to true and .action to block',
    }),
    passOrWarn('content_validation.strict_mode', 'Strict check of content', checks.strict_mode, {
      pass: 'any match counts',
      warn: 'single matches of low confidence pass',
      fix: 'set web_fetch_validation.strict_mode to true',
    }),
  ];
}

function urlChecks({ web_fetch_url_validation: urls }: Config): readonly DoctorCheck[] {
  const odd = urls.allowed_schemes.filter((scheme) => scheme !== 'http' && scheme !== 'https');
  return [
    passOrWarn('url_policy', 'Addresses of web_fetch', urls.enabled && urls.block_private_ips, {
      pass: `checked; ${urls.allowlist_hosts.length} hosts allowed, ${urls.denylist_hosts.length} denied`,
      warn: 'a check is switched off',
      fix: 'set web_fetch_url_validation.enabled and .block_private_ips to true',
    }),
    passOrWarn('url_policy.schemes', 'Schemes of web_fetch', odd.length === 0, {
      pass: urls.allowed_schemes.join(', '),
      warn: `${odd.join(', ')} cannot be fetched`,
      fix: 'use https and http only',
    }),
  ];
}

async function feedChecks(config: Config): Promise<readonly DoctorCheck[]> {
  const { feed_sync: feeds, enabled } = config.web_fetch_url_validation;
  if (!feeds.enabled) {
    const check = { id: 'web_fetch.feed_sync', title: 'Host lists from elsewhere' };
    return [{ ...check, status: 'miss', detail: 'switched off' }];
  }
  const sources = feedSources(config);
  const store = createFeedStore(layoutOf(config).feedsDir);
  return [
    passOrWarn('feed_sync', 'Host lists from elsewhere', enabled, {
      pass: 'switched on',
      warn: 'without effect while the checks of addresses are switched off',
      fix: 'set web_fetch_url_validation.enabled to true',
    }),
    passOrWarn('feed_sync.fail_open', 'Host lists that were never read', !feeds.fail_open, {
      pass: 'refuse every address',
      warn: 'count as empty (an allowlist still permits nothing)',
      fix: 'set web_fetch_url_validation.feed_sync.fail_open to false',
    }),
    passOrWarn('feed_sync.sources', 'Sources of host lists', sources.length > 0, {
      pass: `${sources.length} in use`,
      warn: 'none in use',
      fix: 'add one to web_fetch_url_validation.feed_sync.sources, or switch feed_sync off',
    }),
    ...(await Promise.all(
      sources.map((source, index) => sourceCheck(source, index, store, feeds.max_entries_per_source)),
    )),
  ];
}

async function sourceCheck(
  source: FeedSource,
  index: number,
  store: FeedStore,
  maxEntries: number,
): Promise<DoctorCheck> {
  const check = { id: `web_fetch.feed_sync.source.${index}`, title: `Host list ${index}` };
  const label = `${source.mode} ${feedLabel(source)}`;
  const fix = 'use an http or https address, or inline: and the list itself';
  if (!isFeedUrl(source.url)) return { ...check, status: 'fail', detail: `${label}: not an address`, fix };
  const inline = inlineList(source);
  if (inline !== undefined) {
    try {
      const { rules } = await parseFeed(inline, source.format, maxEntries);
      return { ...check, status: 'pass', detail: `${label}: ${rules.length} entries` };
    } catch (error) {
      return { ...check, status: 'fail', detail: `${label}: ${errorMessage(error)}`, fix };
    }
  }
  const status = await store.loadStatus(source);
  if (status === undefined) return { ...check, status: 'miss', detail: `${label}: not read yet` };
  const { entries, fetchedAtMs, error } = status;
  const copy =
    fetchedAtMs === null ? 'never read' : `${entries} entries, read at ${formatTimestamp(fetchedAtMs)}`;
  if (error === null) return { ...check, status: 'pass', detail: `${label}: ${copy}` };
  return { ...check, status: 'warn', detail: `${label}: ${copy}; the latest attempt failed: ${error}` };
}
