/**
 * Text files that are part of the prompt. A file that is missing, blank or not readable counts as absent.
 *
 * Invariants: the file system is asked at most once per `freshMs` and path, so a burst of turns costs nothing; a change
 * made elsewhere is seen after that time, a change announced with `forget` at once; the cache is bounded in the number
 * of files and in what is read of each.
 */
import { open, readdir, stat } from 'node:fs/promises';
import { monotonicMs } from '../../core/monotonic.ts';
import { truncateUtf8 } from '../../core/text.ts';

interface CachedText {
  readonly checkedAtMs: number;
  /** Identity of the content that was read; `undefined` when there was no file. */
  readonly stamp: string | undefined;
  readonly text: string | undefined;
}

interface CachedList {
  readonly checkedAtMs: number;
  readonly names: readonly string[];
}

export interface CachedFilesOptions {
  readonly maxEntries?: number;
  readonly freshMs?: number;
  /** Bytes read of a file; the rest is ignored. Default 256 KiB, far more than a prompt can use. */
  readonly maxBytes?: number;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

const DEFAULT_MAX_ENTRIES = 1024;
const DEFAULT_FRESH_MS = 1000;
const DEFAULT_MAX_BYTES = 256 * 1024;

export class CachedFiles {
  readonly #texts = new Map<string, CachedText>();
  readonly #lists = new Map<string, CachedList>();
  readonly #maxEntries: number;
  readonly #freshMs: number;
  readonly #maxBytes: number;
  readonly #now: () => number;

  constructor(options: CachedFilesOptions = {}) {
    this.#maxEntries = options.maxEntries ?? DEFAULT_MAX_ENTRIES;
    this.#freshMs = options.freshMs ?? DEFAULT_FRESH_MS;
    this.#maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
    this.#now = options.now ?? monotonicMs;
  }

  /** The trimmed text, or `undefined` when there is none. */
  async read(path: string): Promise<string | undefined> {
    const cached = this.#texts.get(path);
    if (cached !== undefined && this.#isFresh(cached)) return cached.text;
    const checkedAtMs = this.#now();
    const stamp = await fileStamp(path);
    const unchanged = cached !== undefined && cached.stamp === stamp;
    const text = unchanged || stamp === undefined ? cached?.text : await readTrimmed(path, this.#maxBytes);
    const current = stamp === undefined ? undefined : text;
    remember(this.#texts, path, { checkedAtMs, stamp, text: current }, this.#maxEntries);
    return current;
  }

  /** Names of the `.md` files of a directory, sorted; none when it does not exist. */
  async listMarkdown(directory: string): Promise<readonly string[]> {
    const cached = this.#lists.get(directory);
    if (cached !== undefined && this.#isFresh(cached)) return cached.names;
    const checkedAtMs = this.#now();
    const names = (await readdir(directory).catch(noFiles)).filter((name) => name.endsWith('.md')).sort();
    remember(this.#lists, directory, { checkedAtMs, names }, this.#maxEntries);
    return names;
  }

  /** The file was changed by this process. */
  forget(path: string): void {
    this.#texts.delete(path);
  }

  #isFresh(entry: { readonly checkedAtMs: number }): boolean {
    return this.#now() - entry.checkedAtMs < this.#freshMs;
  }
}

function remember<Value>(cache: Map<string, Value>, key: string, value: Value, maxEntries: number): void {
  cache.delete(key);
  cache.set(key, value);
  const oldest = cache.keys().next();
  if (cache.size > maxEntries && !oldest.done) cache.delete(oldest.value);
}

async function fileStamp(path: string): Promise<string | undefined> {
  const facts = await stat(path).catch(absent);
  return facts?.isFile() ? `${facts.mtimeMs}:${facts.size}:${facts.ino}` : undefined;
}

async function readTrimmed(path: string, maxBytes: number): Promise<string | undefined> {
  const text = (await readStart(path, maxBytes).catch(absent))?.trim();
  return text === '' ? undefined : text;
}

/** The first `maxBytes` bytes as text, ending on a whole character. */
async function readStart(path: string, maxBytes: number): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(maxBytes + 1) });
    const text = buffer.subarray(0, bytesRead).toString('utf8');
    return bytesRead > maxBytes ? truncateUtf8(text, maxBytes) : text;
  } finally {
    await file.close();
  }
}

/** A prompt file that cannot be read is an absent one: the operator sees it missing, the turn goes on. */
function absent(): undefined {
  return undefined;
}

/** No such directory: the operator has given no context. */
function noFiles(): string[] {
  return [];
}
