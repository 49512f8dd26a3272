/** Tells whether a file has changed, from its identity, size and time of change. Reads no content. */
import { stat } from 'node:fs/promises';

/** `undefined` when there is no such file, or it cannot be looked at. */
export async function fileStamp(path: string): Promise<string | undefined> {
  try {
    const facts = await stat(path);
    return `${facts.dev}:${facts.ino}:${facts.size}:${facts.mtimeMs}:${facts.ctimeMs}`;
  } catch {
    return undefined; // for every caller a file that cannot be looked at is one that is not there
  }
}
