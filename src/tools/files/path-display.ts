/** How a path found by a search is written: relative to the chat's directory when it is inside, else absolute. */
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { isInside } from '../../security/path-guard/path-guard.ts';

/** The returned function takes real paths. Rejects when `baseDir` does not exist. */
export async function createPathDisplay(baseDir: string): Promise<(absolutePath: string) => string> {
  const realBase = await realpath(baseDir);
  return (absolutePath) =>
    isInside(absolutePath, realBase) ? path.relative(realBase, absolutePath) : absolutePath;
}
