/** What went wrong in the database thread, as the error of the main thread. */
import type { MicroclawError } from '../../core/errors.ts';
import { storageErrors } from '../errors.ts';
import type { Failure } from './protocol.ts';

export function toStorageError(failure: Failure): MicroclawError {
  return storageErrors.create(failure.name, failure.message, { hint: failure.hint, data: failure.data });
}
