/**
 * Tells whether a file or a directory has changed, from its identity, size and time of change. Reads no content.
 *
 * Asks synchronously on purpose: what is asked about is on a local disk and in the system's cache, where the answer
 * takes microseconds; the same question through the thread pool costs every turn a hundred times as much.
 */
import { type Stats, statSync } from 'node:fs';

export interface FileStamp {
  /** Equal stamps mean that nothing has changed, as far as the file system's clock can tell. */
  readonly stamp: string;
  readonly mtimeMs: number;
}

/** `undefined` when there is no such file, or it cannot be looked at. */
export function fileStamp(path: string): FileStamp | undefined {
  const facts = statOrNothing(path);
  if (facts === undefined) return undefined;
  const { dev, ino, size, mtimeMs, ctimeMs } = facts;
  return { stamp: `${dev}:${ino}:${size}:${mtimeMs}:${ctimeMs}`, mtimeMs };
}

function statOrNothing(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined; // for every caller a file that cannot be looked at is one that is not there
  }
}
