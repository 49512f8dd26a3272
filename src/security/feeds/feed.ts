/**
 * One host list in memory: when it is read, and which copy is in force (tools §7.2).
 *
 * Invariants: at most one request at a time, however many wait for it; a good copy stays in force until a newer good
 * one replaces it; a server that fails is not asked again at once; waiting ends with the caller's signal, while the
 * request goes on for the others.
 */
import type { Clock } from '../../core/clock.ts';
import { errorMessage } from '../../core/errors.ts';
import type { EgressClient } from '../egress/egress-client.ts';
import type { UrlPolicy } from '../urls/url-policy.ts';
import { feedErrors } from './errors.ts';
import { type FeedCopy, type FeedSource, type FeedStatus, feedLabel, inlineList } from './feed-source.ts';
import type { FeedStore } from './feed-store.ts';
import { type ParsedFeed, parseFeed } from './parse-feed.ts';

/** Bytes of a list, after decompression. */
export const MAX_FEED_BYTES = 8 * 1_048_576;
/** How long a fetch waits for a newer copy when it has an old one. */
const STALE_WAIT_MS = 1000;
/** Pause after a failure; never longer than the refresh interval. */
const RETRY_AFTER_MS = 30_000;

export interface FeedParts {
  readonly client: EgressClient;
  /** Judges the addresses of lists. */
  readonly policy: UrlPolicy;
  readonly store: FeedStore;
  readonly maxEntries: number;
  readonly clock: Clock;
  /** Told about each failed attempt; `data` holds no credentials. */
  readonly warn: (data: Readonly<Record<string, unknown>>, message: string) => void;
}

export class Feed {
  readonly source: FeedSource;
  readonly #parts: FeedParts;
  readonly #closing = new AbortController();
  #copy: FeedCopy | undefined;
  #error: string | null = null;
  #retryAtMs = 0;
  #restored: Promise<void> | undefined;
  #refreshing: Promise<void> | undefined;

  constructor(source: FeedSource, parts: FeedParts) {
    this.source = source;
    this.#parts = parts;
  }

  /** Why the latest attempt failed. */
  get error(): string | null {
    return this.#error;
  }

  /** How the list is doing, without asking its server. Before its first use that is what an earlier process stored. */
  async status(): Promise<FeedStatus> {
    const { store } = this.#parts;
    if (this.#restored !== undefined || inlineList(this.source) !== undefined) return this.#status();
    return (await store.loadStatus(this.source)) ?? this.#status();
  }

  /** The copy in force; `undefined` when there never was one. Rejects with the signal's reason only. */
  async current(signal: AbortSignal): Promise<FeedCopy | undefined> {
    this.#restored ??= this.#restore();
    await settled(this.#restored, signal);
    if (!this.#isDue()) return this.#copy;
    this.#refreshing ??= this.#refresh();
    await settled(this.#refreshing, signal, this.#copy === undefined ? undefined : STALE_WAIT_MS);
    return this.#copy;
  }

  /** The copy in force, without asking the server of the list. */
  async known(): Promise<FeedCopy | undefined> {
    if (inlineList(this.source) !== undefined) return this.current(this.#closing.signal);
    this.#restored ??= this.#restore();
    await this.#restored;
    return this.#copy;
  }

  /** Ends a running request. Idempotent. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('the program is stopping'));
    await this.#refreshing;
  }

  #isDue(): boolean {
    const now = this.#parts.clock.now();
    if (now < this.#retryAtMs) return false;
    if (this.#copy === undefined) return true;
    if (inlineList(this.source) !== undefined) return false;
    const age = now - this.#copy.fetchedAtMs;
    return age < 0 || age >= this.source.refreshIntervalMs; // a clock that was set back makes everything due
  }

  /** The copy of an earlier process. */
  async #restore(): Promise<void> {
    const { store, maxEntries, warn } = this.#parts;
    if (inlineList(this.source) !== undefined) return;
    try {
      const status = await store.loadStatus(this.source);
      const list = status?.fetchedAtMs === null ? undefined : await store.loadList(this.source);
      if (!status || status.fetchedAtMs === null || list === undefined) return;
      const { index } = await parseFeed(list, 'lines', maxEntries);
      this.#copy = { rules: index, fetchedAtMs: status.fetchedAtMs };
    } catch (error) {
      // The list is read from its server instead.
      warn({ feed: feedLabel(this.source), err: error }, 'cannot read the stored copy of a host list');
    }
  }

  async #refresh(): Promise<void> {
    const { clock, warn } = this.#parts;
    try {
      const parsed = await this.#read();
      this.#copy = { rules: parsed.index, fetchedAtMs: clock.now() };
      this.#error = null;
      this.#retryAtMs = 0;
      await this.#save(parsed);
    } catch (error) {
      if (this.#closing.signal.aborted) return; // not the fault of the list
      this.#error = errorMessage(error);
      this.#retryAtMs = clock.now() + Math.min(this.source.refreshIntervalMs, RETRY_AFTER_MS);
      warn({ feed: feedLabel(this.source), reason: this.#error }, 'a host list could not be read');
      await this.#save(undefined);
    } finally {
      this.#refreshing = undefined;
    }
  }

  async #read(): Promise<ParsedFeed> {
    const { client, policy, maxEntries } = this.#parts;
    const { url, format, timeoutMs } = this.source;
    const inline = inlineList(this.source);
    if (inline !== undefined) return await parseFeed(inline, format, maxEntries);
    const headers = { accept: 'text/plain, text/csv, */*;q=0.5' };
    const signal = this.#closing.signal;
    const response = await client.fetch({
      url,
      policy,
      timeoutMs,
      maxBytes: MAX_FEED_BYTES,
      signal,
      headers,
    });
    if (response.status < 200 || response.status > 299) {
      throw feedErrors.create('BAD_LIST', `HTTP ${response.status}`);
    }
    const parsed = await parseFeed(Buffer.from(response.body).toString('utf8'), format, maxEntries);
    if (response.truncated && parsed.rules.length < maxEntries) {
      throw feedErrors.create('BAD_LIST', `the list is larger than ${MAX_FEED_BYTES / 1_048_576} MiB`);
    }
    return parsed;
  }

  /** Only the memory decides about requests, so a full disk is a warning. */
  async #save(parsed: ParsedFeed | undefined): Promise<void> {
    const { store, warn } = this.#parts;
    if (inlineList(this.source) !== undefined) return;
    try {
      if (parsed !== undefined) {
        await store.saveList(this.source, parsed.rules.map((rule) => rule.text).join('\n'));
      }
      await store.saveStatus(this.source, this.#status());
    } catch (error) {
      warn({ feed: feedLabel(this.source), err: error }, 'cannot store a host list');
    }
  }

  #status(): FeedStatus {
    return {
      label: feedLabel(this.source),
      mode: this.source.mode,
      entries: this.#copy?.rules.size ?? null,
      fetchedAtMs: this.#copy?.fetchedAtMs ?? null,
      error: this.#error,
    };
  }
}

/** Waits for `work`, at most `maxMs`. Rejects with the signal's reason. */
async function settled(work: Promise<void>, signal: AbortSignal, maxMs?: number): Promise<void> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  const timer = maxMs === undefined ? undefined : setTimeout(resolve, maxMs);
  try {
    await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}
