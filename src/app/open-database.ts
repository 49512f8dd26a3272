/**
 * Starts to open the installation's database. Its thread works while the caller goes on: opening the file and building
 * the rest of the program take about as long, so a start does both at once.
 */
import type { Config } from '../config/config.ts';
import { systemClock } from '../core/clock.ts';
import type { MicroclawError } from '../core/errors.ts';
import { beginStorage, type Storage } from '../storage/storage.ts';
import type { StorageThread } from '../storage/worker/storage-thread.ts';
import { layoutOf } from './data-layout.ts';

/** A database that is being opened. Whoever takes it closes it. */
export interface OpeningDatabase {
  /** Can be asked already; answers once the file is open. */
  readonly storage: Storage;
  /** Rejects with `MC_STORAGE_*`: then this process does not own the file. */
  readonly opened: Promise<void>;
  /** Names who is told when the database thread dies or the file is damaged; told at once what happened before. */
  onProblem(listener: (error: MicroclawError) => void): void;
}

/** `thread`: one that was started ahead. */
export function openDatabase(config: Config, thread?: StorageThread): OpeningDatabase {
  const early: MicroclawError[] = [];
  let report = (error: MicroclawError): void => void early.push(error);
  const { storage, opened } = beginStorage({
    path: layoutOf(config).databasePath,
    clock: systemClock,
    ...(thread === undefined ? {} : { thread }),
    onProblem: (error) => report(error),
  });
  opened.catch(() => {}); // whoever awaits it handles the failure; nobody may be there yet when it happens
  return {
    storage,
    opened,
    onProblem(listener) {
      report = listener;
      for (const error of early.splice(0)) listener(error);
    },
  };
}
