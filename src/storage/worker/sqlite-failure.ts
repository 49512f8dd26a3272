/**
 * SQLite's result codes as storage errors (https://www.sqlite.org/rescode.html). Parameters never appear in a failure,
 * because they may be secret; the SQL text does.
 */
import { errorMessage } from '../../core/errors.ts';
import { isRecord } from '../../core/json.ts';
import type { StorageErrorName } from '../errors.ts';
import type { Failure } from './protocol.ts';

/** Primary result codes (the low byte of an extended one). */
const PRIMARY_CODES: Readonly<Record<number, StorageErrorName>> = {
  5: 'BUSY',
  6: 'BUSY',
  8: 'READ_ONLY',
  10: 'IO',
  11: 'CORRUPT',
  13: 'DISK_FULL',
  14: 'CANNOT_OPEN',
  19: 'CONSTRAINT',
  23: 'CANNOT_OPEN',
  26: 'CORRUPT',
};

/** SQLITE_IOERR_SHMSIZE: the index of the write-ahead log could not grow, which happens when the disk is full. */
const SHARED_MEMORY_CANNOT_GROW = 4874;

/** Errors of the operating system, from files that are made beside the database. */
const SYSTEM_CODES: Readonly<Record<string, StorageErrorName>> = {
  ENOSPC: 'DISK_FULL',
  EDQUOT: 'DISK_FULL',
  EACCES: 'CANNOT_OPEN',
  EPERM: 'CANNOT_OPEN',
  EROFS: 'READ_ONLY',
  EISDIR: 'CANNOT_OPEN',
  ENOTDIR: 'CANNOT_OPEN',
  ENOENT: 'CANNOT_OPEN',
  EEXIST: 'CANNOT_OPEN',
  EIO: 'IO',
};

/** Thrown inside the database thread for a failure that is not SQLite's. */
export class WorkerFailure extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** Describes anything thrown in the database thread; `sql` is the statement that was running. */
export function describeFailure(error: unknown, sql?: string): Failure {
  if (error instanceof WorkerFailure) return error.failure;
  const code = isRecord(error) && typeof error.errcode === 'number' ? error.errcode : undefined;
  return {
    name: (code === undefined ? systemName(error) : sqliteName(code)) ?? 'UNEXPECTED',
    message: errorMessage(error),
    data: { sqliteCode: code ?? null, sql: sql === undefined ? null : sql.slice(0, 500) },
  };
}

/** As `describeFailure`, naming the file: SQLite does not say which one it could not open. */
export function describeFileFailure(error: unknown, path: string): Failure {
  const failure = describeFailure(error);
  return { ...failure, message: `${failure.message}: ${path}` };
}

function sqliteName(extendedCode: number): StorageErrorName | undefined {
  if (extendedCode === SHARED_MEMORY_CANNOT_GROW) return 'DISK_FULL';
  return PRIMARY_CODES[extendedCode & 0xff];
}

function systemName(error: unknown): StorageErrorName | undefined {
  return isRecord(error) && typeof error.code === 'string' ? SYSTEM_CODES[error.code] : undefined;
}
