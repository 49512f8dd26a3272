/**
 * A thread for the database that has not been told yet what to do.
 *
 * A thread takes longer to begin than anything else in a start; who will need one starts it before loading the rest of
 * the program. Invariant: whatever happens to the thread before somebody waits for its first message is not lost.
 */
import { Worker } from 'node:worker_threads';
import { errorMessage } from '../../core/errors.ts';
import { storageErrors } from '../errors.ts';
import { toStorageError } from './failure.ts';
import type { WorkerAssignment, WorkerMessage } from './protocol.ts';
import { defaultWorkerUrl } from './worker-url.ts';

/** The heap of the thread holds the rows of one answer at a time; the page cache of SQLite is outside it. */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 4 };

export class StorageThread {
  readonly worker: Worker;
  readonly #first: Promise<WorkerMessage>;

  /** Starts the thread. It keeps the process alive only once it is assigned. */
  constructor(workerUrl: URL = defaultWorkerUrl()) {
    this.worker = new Worker(workerUrl, {
      execArgv: [],
      env: {},
      name: 'storage',
      resourceLimits: RESOURCE_LIMITS,
    });
    this.#first = firstMessage(this.worker);
    this.#first.catch(() => {}); // whoever assigns the thread handles it
    this.worker.unref();
  }

  /** Says what to do, once. Rejects with the `MC_STORAGE_*` error of what kept the thread from doing it. */
  assign(assignment: WorkerAssignment): Promise<WorkerMessage> {
    this.worker.ref();
    this.worker.postMessage(assignment);
    return this.#first;
  }

  /** Ends the thread where it stands; no more than a crash, and nothing when it has ended. Idempotent. */
  async end(): Promise<void> {
    await this.worker.terminate();
  }
}

function firstMessage(worker: Worker): Promise<WorkerMessage> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number) =>
      reject(storageErrors.create('WORKER_LOST', `the database thread ended with code ${code}`));
    const onError = (error: Error) =>
      reject(storageErrors.create('WORKER_LOST', errorMessage(error), { cause: error }));
    worker.once('exit', onExit);
    worker.once('error', onError);
    worker.once('message', (message: WorkerMessage) => {
      worker.off('exit', onExit);
      worker.off('error', onError);
      if (message.kind === 'refused') reject(toStorageError(message.failure));
      else resolve(message);
    });
  });
}
