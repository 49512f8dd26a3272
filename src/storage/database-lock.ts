/**
 * Exactly one process owns a database file.
 *
 * The lock is a reserved lock of SQLite on an empty file of its own, `<database>.lock`, held by an open transaction for
 * as long as the process lives. The operating system gives it back at the very moment the process ends, however it
 * ends, so there is no stale lock to detect, no process id to compare with one that was reused, and no window between a
 * check and a take-over, all of which a file holding a process id has. It also works on Windows and between containers
 * that share a disk. `<database>.owner.json` beside it only tells people, and the error message, who the owner is.
 *
 * Invariant: nothing in this process opens the lock file by other means; on POSIX systems closing such a handle would
 * drop the lock.
 */
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { DatabaseSync } from 'node:sqlite';
import { isRecord, parseJson } from '../core/json.ts';
import { describeFailure, describeFileFailure, WorkerFailure } from './worker/sqlite-failure.ts';

/** Who holds the lock, for display. */
export interface LockOwner {
  readonly pid: number;
  readonly host: string;
  /** When the lock was taken. */
  readonly since: string;
}

export class DatabaseLock {
  readonly #holder: DatabaseSync;
  readonly #ownerPath: string;

  private constructor(holder: DatabaseSync, ownerPath: string) {
    this.#holder = holder;
    this.#ownerPath = ownerPath;
  }

  /**
   * Takes the lock or throws a `WorkerFailure`: `LOCKED`, naming the owner, when another process (or another part of
   * this one) holds it; `READ_ONLY`, `CANNOT_OPEN` or `IO` when the directory does not allow locking.
   */
  static acquire(databasePath: string): DatabaseLock {
    const ownerPath = `${databasePath}.owner.json`;
    const holder = openHolder(`${databasePath}.lock`);
    try {
      holder.exec('begin immediate');
    } catch (error) {
      holder.close();
      const failure = describeFailure(error);
      throw new WorkerFailure(failure.name === 'BUSY' ? lockedBy(databasePath, ownerPath) : failure);
    }
    announce(ownerPath);
    return new DatabaseLock(holder, ownerPath);
  }

  /** Gives the lock back. */
  release(): void {
    rmSync(this.#ownerPath, { force: true });
    this.#holder.close();
  }
}

function announce(ownerPath: string): void {
  const owner: LockOwner = { pid: process.pid, host: hostname(), since: new Date().toISOString() };
  try {
    writeFileSync(ownerPath, `${JSON.stringify(owner)}\n`, { mode: 0o600 });
  } catch {
    // The disk is full or the like. The lock is held without the note; opening the database reports the cause.
  }
}

function openHolder(path: string): DatabaseSync {
  try {
    const holder = new DatabaseSync(path, { timeout: 0 });
    makePrivate(path);
    return holder;
  } catch (error) {
    throw new WorkerFailure(describeFileFailure(error, path));
  }
}

/** SQLite makes files for everybody, and gives its side files the mode of the file. Needs no handle. */
function makePrivate(path: string): void {
  try {
    chmodSync(path, 0o600);
  } catch {
    // Not ours to change, or a file system without modes: whether it can be locked is decided by locking it.
  }
}

function lockedBy(databasePath: string, ownerPath: string) {
  const owner = readOwner(ownerPath);
  const who =
    owner === undefined ? 'another process' : `process ${owner.pid} on ${owner.host} since ${owner.since}`;
  return {
    name: 'LOCKED',
    message: `the database ${databasePath} is in use by ${who}`,
    data: { path: databasePath, pid: owner?.pid ?? null, host: owner?.host ?? null },
  } as const;
}

function readOwner(path: string): LockOwner | undefined {
  try {
    const value = parseJson(readFileSync(path, 'utf8'));
    if (!isRecord(value)) return undefined;
    const { pid, host, since } = value;
    if (typeof pid !== 'number' || typeof host !== 'string' || typeof since !== 'string') return undefined;
    return { pid, host, since };
  } catch {
    // The owner has not written the file yet or has just removed it; the lock itself has been decided already.
    return undefined;
  }
}
