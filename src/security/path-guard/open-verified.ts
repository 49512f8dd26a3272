/**
 * Opens a file that the guard has allowed and proves that the opened file is the one that was judged: between the two
 * a component may have been replaced by a link.
 *
 * Invariants: the last component is never followed when it is a link; pipes and devices are refused without being
 * opened for data; the handle is closed on every path that does not return it.
 */
import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, open, readlink, realpath, stat } from 'node:fs/promises';
import { errorCode } from './error-code.ts';
import type { PathRefusal } from './path-refusal.ts';

export interface OpenedFile {
  readonly allowed: true;
  readonly realPath: string;
  readonly handle: FileHandle;
  readonly stats: Stats;
}

/** A file replaced by a rename in mid-open looks like a swapped one; asking again tells them apart. */
const ATTEMPTS = 3;

/** `requested` is only used in messages. Rejects with the system's error when the file cannot be opened. */
export async function openVerified(realPath: string, requested: string): Promise<OpenedFile | PathRefusal> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const named = await lstat(realPath);
    if (named.isDirectory()) throw isADirectory();
    if (!named.isFile()) return notARegularFile(requested);
    const handle = await openNoFollow(realPath, constants.O_RDONLY | constants.O_NONBLOCK);
    if (handle === undefined) continue;
    const stats = await handle.stat();
    if (!stats.isFile()) {
      await handle.close();
      return notARegularFile(requested);
    }
    if (await isSameFile(handle, stats, realPath)) return { allowed: true, realPath, handle, stats };
    await handle.close();
  }
  return changedMeanwhile(requested);
}

/** `undefined` when the last component has become a link. */
export async function openNoFollow(file: string, flags: number): Promise<FileHandle | undefined> {
  try {
    return await open(file, flags | constants.O_NOFOLLOW);
  } catch (error) {
    if (errorCode(error) === 'ELOOP') return undefined;
    throw error;
  }
}

/** Whether the open handle is what `realPath` names, with no link on the way. */
export async function isSameFile(handle: FileHandle, stats: Stats, realPath: string): Promise<boolean> {
  const link = await descriptorPath(handle.fd);
  if (link !== undefined) return link === realPath;
  if ((await realpath(realPath)) !== realPath) return false;
  const named = await stat(realPath);
  return named.dev === stats.dev && named.ino === stats.ino;
}

/** Where the kernel says the descriptor leads; `undefined` on systems that do not tell. */
async function descriptorPath(descriptor: number): Promise<string | undefined> {
  try {
    return await readlink(`/proc/self/fd/${descriptor}`);
  } catch {
    return undefined; // no /proc here: the identity check takes its place
  }
}

/** The error the system gives when a directory is read or written as a file. */
export function isADirectory(): Error {
  return Object.assign(new Error('Is a directory'), { code: 'EISDIR' });
}

export function notARegularFile(requested: string): PathRefusal {
  return {
    allowed: false,
    rule: 'not_a_file',
    message: `Access denied: '${requested}' is not a regular file.`,
  };
}

export function changedMeanwhile(requested: string): PathRefusal {
  return {
    allowed: false,
    rule: 'symlink',
    message: `Access denied: '${requested}' symlink validation failed: it changed while it was opened.`,
  };
}
