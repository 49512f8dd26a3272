/** One host list that is read from elsewhere (`feed_sync.sources`, tools §7.2), and what is known about it. */
import type { HostRuleIndex } from '../urls/host-rule-index.ts';

export type FeedFormat = 'lines' | 'csv_first_column';

export interface FeedSource {
  readonly mode: 'denylist' | 'allowlist';
  /** An http(s) address, or `inline:` and the list itself. */
  readonly url: string;
  readonly format: FeedFormat;
  readonly refreshIntervalMs: number;
  readonly timeoutMs: number;
}

const INLINE = 'inline:';

/** The list a source carries in its own URL. */
export function inlineList(source: Pick<FeedSource, 'url'>): string | undefined {
  return source.url.startsWith(INLINE) ? source.url.slice(INLINE.length) : undefined;
}

/** Names a source in messages, without what may be a credential in its URL. */
export function feedLabel(source: Pick<FeedSource, 'url'>): string {
  if (inlineList(source) !== undefined) return 'inline';
  const url = URL.parse(source.url);
  return url === null ? source.url.slice(0, 100) : `${url.protocol}//${url.host}${url.pathname}`;
}

/** A list that was read. */
export interface FeedCopy {
  readonly rules: HostRuleIndex;
  readonly fetchedAtMs: number;
}

/** For the doctor and health: the state of one source. Instants are milliseconds since the epoch. */
export interface FeedStatus {
  readonly label: string;
  readonly mode: FeedSource['mode'];
  /** Entries in force, or `null` when the list was never read. */
  readonly entries: number | null;
  readonly fetchedAtMs: number | null;
  /** Why the latest attempt failed, or `null` when it succeeded. */
  readonly error: string | null;
}
