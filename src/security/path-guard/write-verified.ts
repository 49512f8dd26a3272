/**
 * Writes a file that the guard has allowed: into a new file in the same directory, which then takes the name.
 *
 * Invariants: the directory is opened first and proven to be the judged one, and where the kernel offers descriptor
 * paths every later step, the making of missing parents included, goes through a descriptor, so a directory swapped for
 * a link changes nothing; a failed write leaves the old file and no temporary one; the permissions of a replaced file
 * are kept, but new content never inherits that a program runs as its owner.
 */
import { randomBytes } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { access, type FileHandle, link, lstat, mkdir, open, rename, unlink } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from './error-code.ts';
import {
  changedMeanwhile,
  isADirectory,
  isSameFile,
  notARegularFile,
  openNoFollow,
} from './open-verified.ts';
import type { PathRefusal } from './path-refusal.ts';

/** `replace` overwrites, `create` fails with `EEXIST` when the file exists. */
export type WriteMode = 'replace' | 'create';

interface WrittenFile {
  readonly allowed: true;
  readonly realPath: string;
}

const DEFAULT_FILE_MODE = 0o644;

/** `requested` is only used in messages. Rejects with the system's error when the file cannot be written. */
export async function writeVerified(
  realPath: string,
  content: string,
  mode: WriteMode,
  requested: string,
): Promise<WrittenFile | PathRefusal> {
  const parent = path.dirname(realPath);
  const directory = await openDirectory(parent);
  if (directory === undefined) return changedMeanwhile(requested);
  try {
    const place = await directoryPath(directory, parent);
    const target = path.join(place, path.basename(realPath));
    const existing = await statIfPresent(target);
    if (existing?.isDirectory() === true) throw isADirectory();
    if (existing !== undefined && !existing.isFile()) return notARegularFile(requested);
    await replaceThroughTemporary(target, content, mode, existing);
    return { allowed: true, realPath };
  } finally {
    await directory.close();
  }
}

/**
 * Opens a directory that is proven to be the judged one, and makes it and its parents where they are missing, each
 * inside the open parent; `undefined` when a part of the path has become a link. Rejects with the system's error.
 */
async function openDirectory(directory: string): Promise<FileHandle | undefined> {
  const existing = await openIfPresent(directory);
  if (existing !== 'missing') return existing;
  const parentPath = path.dirname(directory);
  const parent = await openDirectory(parentPath);
  if (parent === undefined) return undefined;
  try {
    await makeDirectory(path.join(await directoryPath(parent, parentPath), path.basename(directory)));
  } finally {
    await parent.close();
  }
  const made = await openIfPresent(directory);
  return made === 'missing' ? undefined : made;
}

async function openIfPresent(directory: string): Promise<FileHandle | undefined | 'missing'> {
  const flags = constants.O_RDONLY | constants.O_DIRECTORY;
  try {
    const handle = await openNoFollow(directory, flags);
    if (handle === undefined || (await isSameFile(handle, await handle.stat(), directory))) return handle;
    await handle.close();
    return undefined;
  } catch (error) {
    if (errorCode(error) === 'ENOENT' && path.dirname(directory) !== directory) return 'missing';
    throw error;
  }
}

/** Something else in a directory's place is reported by the open that follows, with the better error. */
async function makeDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
}

/** A path that leads through the open descriptor, or the plain path where there is no such thing. */
async function directoryPath(directory: FileHandle, parent: string): Promise<string> {
  const descriptor = `/proc/self/fd/${directory.fd}`;
  try {
    await access(descriptor);
    return descriptor;
  } catch {
    return parent; // no /proc here
  }
}

async function statIfPresent(file: string): Promise<Stats | undefined> {
  try {
    return await lstat(file);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function replaceThroughTemporary(
  target: string,
  content: string,
  mode: WriteMode,
  existing: Stats | undefined,
): Promise<void> {
  const temporary = path.join(path.dirname(target), `.write-${randomBytes(8).toString('hex')}.tmp`);
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const handle = await open(temporary, flags, DEFAULT_FILE_MODE);
  try {
    try {
      await handle.writeFile(content);
      if (existing !== undefined) await handle.chmod(existing.mode & 0o777);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (mode === 'create') await link(temporary, target);
    else await rename(temporary, target);
  } catch (error) {
    await unlink(temporary);
    throw error;
  }
  if (mode === 'create') await unlink(temporary);
}
