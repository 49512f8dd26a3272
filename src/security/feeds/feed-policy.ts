/**
 * The URL policy of `web_fetch` with the host lists of `feed_sync` merged in (tools §7.2).
 *
 * Invariants: an allowlist feed that was never read permits nothing, whatever `failOpen` says; the entries of somebody
 * else's list never exempt a host from the private-address check, those of an `inline:` list, which the operator
 * wrote, do; the policy is rebuilt only when a list or a rule has changed.
 */
import { liveView } from '../../core/live-view.ts';
import { createUrlPolicy, type UrlPolicy, type UrlPolicyOptions } from '../urls/url-policy.ts';
import { feedErrors } from './errors.ts';
import { Feed, type FeedParts } from './feed.ts';
import { type FeedCopy, type FeedSource, type FeedStatus, feedLabel, inlineList } from './feed-source.ts';

export interface FeedPolicyOptions extends Omit<FeedParts, 'policy'> {
  /** The rules of the operator; the same object until they change. */
  readonly rules: () => UrlPolicyOptions;
  readonly sources: readonly FeedSource[];
  /** A denylist that was never read counts as empty; otherwise every request is refused. */
  readonly failOpen: boolean;
}

interface Built {
  readonly rules: UrlPolicyOptions;
  readonly copies: readonly (FeedCopy | undefined)[];
  readonly policy: UrlPolicy;
}

/** What is known of the rules before a request makes the lists be read. */
export interface KnownPolicy {
  readonly policy: UrlPolicy;
  /** Lists that were never read. */
  readonly unread: readonly string[];
}

export class FeedPolicy {
  readonly #options: FeedPolicyOptions;
  readonly #feeds: readonly Feed[];
  #built: Built | undefined;

  constructor(options: FeedPolicyOptions) {
    const policy = feedAddressPolicy(options.rules);
    this.#options = options;
    this.#feeds = options.sources.map((source) => new Feed(source, { ...options, policy }));
  }

  /** The rules in force. Raises `MC_FEED_FETCH_FAILED`; rejects with the signal's reason. */
  async current(signal: AbortSignal): Promise<UrlPolicy> {
    const copies = await Promise.all(this.#feeds.map((feed) => feed.current(signal)));
    if (!this.#options.failOpen) {
      const missing = this.#feeds.find((_feed, index) => copies[index] === undefined);
      if (missing !== undefined) throw fetchFailed(missing);
    }
    return this.#policyOf(copies);
  }

  /** The rules by the copies that are here, and the lists of which there is none. Asks no server. */
  async known(): Promise<KnownPolicy> {
    const copies = await Promise.all(this.#feeds.map((feed) => feed.known()));
    const unread = this.#feeds.filter((_feed, index) => copies[index] === undefined);
    return { policy: this.#policyOf(copies), unread: unread.map(({ source }) => feedLabel(source)) };
  }

  #policyOf(copies: readonly (FeedCopy | undefined)[]): UrlPolicy {
    const built = this.#built;
    const rules = this.#options.rules();
    const isSame = built?.rules === rules && built.copies.every((copy, index) => copy === copies[index]);
    if (isSame) return built.policy;
    const policy = this.#build(rules, copies);
    this.#built = { rules, copies, policy };
    return policy;
  }

  /** How each list is doing, in the order of the configuration. Asks no server. */
  statuses(): Promise<readonly FeedStatus[]> {
    return Promise.all(this.#feeds.map((feed) => feed.status()));
  }

  /** Ends running requests. Idempotent. */
  async close(): Promise<void> {
    await Promise.all(this.#feeds.map((feed) => feed.close()));
  }

  #build(rules: UrlPolicyOptions, copies: readonly (FeedCopy | undefined)[]): UrlPolicy {
    const foreign = (mode: FeedSource['mode']) =>
      copies.flatMap((copy, index) => {
        const source = this.#feeds[index]?.source;
        const counts = source?.mode === mode && inlineList(source) === undefined;
        return copy !== undefined && counts ? [copy.rules] : [];
      });
    const own = (mode: FeedSource['mode']) =>
      copies.flatMap((copy, index) => {
        const source = this.#feeds[index]?.source;
        const counts = source?.mode === mode && inlineList(source) !== undefined;
        return copy !== undefined && counts ? copy.rules.texts() : [];
      });
    return createUrlPolicy({
      ...rules,
      allowlistHosts: [...rules.allowlistHosts, ...own('allowlist')],
      denylistHosts: [...rules.denylistHosts, ...own('denylist')],
      requireAllowlist: this.#feeds.some(({ source }) => source.mode === 'allowlist'),
      feeds: { allowlist: foreign('allowlist'), denylist: foreign('denylist') },
    });
  }
}

function fetchFailed(feed: Feed): Error {
  const reason = feed.error ?? 'it was never read';
  return feedErrors.create('FETCH_FAILED', `feed fetch failed for '${feedLabel(feed.source)}': ${reason}`);
}

/**
 * Where lists may be read from: any public address, and private ones whose host the operator has listed. The
 * allowlist itself does not restrict it.
 */
function feedAddressPolicy(current: () => UrlPolicyOptions): UrlPolicy {
  let made: { readonly from: UrlPolicyOptions; readonly policy: UrlPolicy } | undefined;
  return liveView(() => {
    const from = current();
    if (made?.from !== from) made = { from, policy: addressPolicyOf(from) };
    return made.policy;
  });
}

function addressPolicyOf(rules: UrlPolicyOptions): UrlPolicy {
  const http = { ...rules, enabled: true, allowedSchemes: ['https', 'http'] };
  const listed = createUrlPolicy(http);
  const open = createUrlPolicy({ ...http, allowlistHosts: [] });
  return {
    explain: (url) => {
      const verdict = listed.explain(url);
      return verdict.kind === 'allowed' ? verdict : open.explain(url);
    },
    explainAddress: (host, address) => listed.explainAddress(host, address),
    rejectedEntries: [],
  };
}
