/**
 * Text files that are part of the prompt, read again only when they changed. A file that is missing, blank or not
 * readable counts as absent.
 */
import { readFile, stat } from 'node:fs/promises';

interface CachedText {
  readonly stamp: string;
  readonly text: string | undefined;
}

export class CachedFiles {
  readonly #entries = new Map<string, CachedText>();
  readonly #maxEntries: number;

  constructor(maxEntries = 512) {
    this.#maxEntries = maxEntries;
  }

  /** The trimmed text, or `undefined` when there is none. One `stat` when the file did not change. */
  async read(path: string): Promise<string | undefined> {
    const stamp = await fileStamp(path);
    if (stamp === undefined) {
      this.#entries.delete(path);
      return undefined;
    }
    const cached = this.#entries.get(path);
    if (cached?.stamp === stamp) return cached.text;
    const text = await readTrimmed(path);
    this.#entries.set(path, { stamp, text });
    const oldest = this.#entries.keys().next();
    if (this.#entries.size > this.#maxEntries && !oldest.done) this.#entries.delete(oldest.value);
    return text;
  }
}

async function fileStamp(path: string): Promise<string | undefined> {
  const facts = await stat(path).catch(absent);
  return facts?.isFile() ? `${facts.mtimeMs}:${facts.size}:${facts.ino}` : undefined;
}

async function readTrimmed(path: string): Promise<string | undefined> {
  const text = (await readFile(path, 'utf8').catch(absent))?.trim();
  return text === '' ? undefined : text;
}

/** A prompt file that cannot be read is an absent one: the operator sees it missing, the turn goes on. */
function absent(): undefined {
  return undefined;
}
