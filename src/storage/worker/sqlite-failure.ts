/**
 * SQLite's result codes as storage errors (https://www.sqlite.org/rescode.html). Parameters never appear in a failure,
 * because they may be secret; the SQL text does.
 */
import { errorMessage } from '../../core/errors.ts';
import { isRecord } from '../../core/json.ts';
import type { StorageErrorName } from '../errors.ts';
import type { Failure } from './protocol.ts';

/** Primary result codes (the low byte of an extended one). */
const NAMES: Readonly<Record<number, StorageErrorName>> = {
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

/** Thrown inside the database thread for a failure that is not SQLite's. */
export class WorkerFailure extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** The extended result code of an error of `node:sqlite`, or `undefined` for any other error. */
function resultCode(error: unknown): number | undefined {
  return isRecord(error) && typeof error.errcode === 'number' ? error.errcode : undefined;
}

/** Describes anything thrown in the database thread; `sql` is the statement that was running. */
export function describeFailure(error: unknown, sql?: string): Failure {
  if (error instanceof WorkerFailure) return error.failure;
  const code = resultCode(error);
  const name = code === undefined ? undefined : NAMES[code & 0xff];
  return {
    name: name ?? 'UNEXPECTED',
    message: errorMessage(error),
    data: { sqliteCode: code ?? null, sql: sql === undefined ? null : sql.slice(0, 500) },
  };
}
