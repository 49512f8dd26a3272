/**
 * The main thread's end of the database thread.
 *
 * Invariants: every request settles exactly once, also when the thread dies; requests of one turn of the event loop
 * travel in one message, in order; after `close` every request is refused with `CLOSED`.
 */
import { rm } from 'node:fs/promises';
import type { Worker } from 'node:worker_threads';
import type { MicroclawError } from '../../core/errors.ts';
import { errorMessage } from '../../core/errors.ts';
import { type StorageErrorName, storageErrors } from '../errors.ts';
import type { DatabaseClient } from './database-client.ts';
import { toStorageError } from './failure.ts';
import type {
  Durability,
  OpenedDatabase,
  SqlStatement,
  StatementResult,
  WorkerAssignment,
  WorkerCounters,
  WorkerMessage,
  WorkerReply,
  WorkerRequest,
} from './protocol.ts';
import { StorageThread } from './storage-thread.ts';

type Serve = Extract<WorkerAssignment, { kind: 'serve' }>;
type LongRead = Extract<WorkerAssignment, { kind: 'backup' | 'check' }>;

interface Pending {
  readonly kind: WorkerRequest['kind'];
  readonly resolve: (results: readonly StatementResult[]) => void;
  readonly reject: (error: MicroclawError) => void;
}

/** What is wrong with the file or its disk, not with a request. */
const TROUBLES: ReadonlySet<StorageErrorName> = new Set([
  'DISK_FULL',
  'READ_ONLY',
  'CANNOT_OPEN',
  'BUSY',
  'IO',
  'CORRUPT',
]);

export class WorkerClient implements DatabaseClient {
  readonly #worker: Worker;
  readonly #onLost: (error: MicroclawError) => void;
  readonly #pending = new Map<number, Pending>();
  readonly #exited: Promise<void>;
  #outgoing: WorkerRequest[] = [];
  #nextId = 1;
  #closing: Promise<void> | undefined;
  #lost: MicroclawError | undefined;
  #trouble: MicroclawError | undefined;
  #counters: WorkerCounters = { commits: 0, batches: 0, lastCommitMs: 0, walPages: 0, checkpoints: 0 };

  private constructor(worker: Worker, onLost: (error: MicroclawError) => void) {
    this.#worker = worker;
    this.#onLost = onLost;
    this.#exited = new Promise((resolve) => worker.once('exit', () => resolve()));
    worker.on('message', (message: WorkerMessage) => this.#receive(message));
    worker.once('error', (error) => this.#lose(errorMessage(error)));
    worker.once('exit', (code) => this.#lose(`the database thread ended with code ${code}`));
  }

  /**
   * Makes a thread the owner of a database. Rejects with the `MC_STORAGE_*` error of what kept it from opening the
   * file. `onLost` is called when the thread ends by itself later.
   */
  static async start(
    thread: StorageThread,
    assignment: Serve,
    onLost: (error: MicroclawError) => void,
  ): Promise<{ readonly client: WorkerClient; readonly opened: OpenedDatabase }> {
    const message = await thread.assign(assignment);
    if (message.kind !== 'opened') {
      throw storageErrors.create('UNEXPECTED', `the database thread began with a message '${message.kind}'`);
    }
    return { client: new WorkerClient(thread.worker, onLost), opened: message.opened };
  }

  get counters(): WorkerCounters {
    return this.#counters;
  }

  get trouble(): MicroclawError | undefined {
    return this.#trouble;
  }

  /** Requests not yet answered. */
  get queueLength(): number {
    return this.#pending.size;
  }

  /** Runs one query. */
  async read(statement: SqlStatement, transaction?: number): Promise<StatementResult> {
    const [result] = await this.#request((id) => ({ kind: 'read', id, statement, transaction }));
    if (result === undefined)
      throw storageErrors.create('UNEXPECTED', 'a query was answered without a result');
    return result;
  }

  /** Runs statements that take effect together or not at all. */
  write(
    statements: readonly SqlStatement[],
    durability: Durability,
    transaction?: number,
  ): Promise<readonly StatementResult[]> {
    return this.#request((id) => ({ kind: 'write', id, statements, durability, transaction }));
  }

  /** Opens an interactive transaction and returns its id. It waits for its turn; afterwards all others wait for it. */
  async begin(): Promise<number> {
    let transaction = 0;
    await this.#request((id) => {
      transaction = id;
      return { kind: 'begin', id };
    });
    return transaction;
  }

  async end(transaction: number, commit: boolean): Promise<void> {
    await this.#request((id) => ({ kind: 'end', id, transaction, commit }));
  }

  /** Answers everything that was requested before, closes the file and ends the thread. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#lost === undefined) await this.#request((id) => ({ kind: 'close', id }));
    await this.#exited;
  }

  #request(build: (id: number) => WorkerRequest): Promise<readonly StatementResult[]> {
    return new Promise((resolve, reject) => {
      const id = this.#nextId;
      const request = build(id);
      const refusal = this.#refusal(request);
      if (refusal !== undefined) {
        reject(refusal);
        return;
      }
      this.#nextId += 1;
      this.#pending.set(id, { kind: request.kind, resolve, reject });
      if (this.#outgoing.length === 0) queueMicrotask(() => this.#flush());
      this.#outgoing.push(request);
    });
  }

  #refusal(request: WorkerRequest): MicroclawError | undefined {
    if (this.#lost !== undefined) return this.#lost;
    if (this.#closing === undefined || request.kind === 'close') return undefined;
    // A transaction that began before may end; closing waits for it.
    if ('transaction' in request && request.transaction !== undefined) return undefined;
    return storageErrors.create('CLOSED', 'the database is closed');
  }

  #flush(): void {
    const requests = this.#outgoing;
    this.#outgoing = [];
    this.#worker.postMessage(requests);
  }

  #receive(message: WorkerMessage): void {
    if (message.kind !== 'replies') return;
    this.#counters = message.counters;
    for (const reply of message.replies) this.#settle(reply);
  }

  #settle(reply: WorkerReply): void {
    const pending = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if (reply.ok) {
      if (pending?.kind === 'write') this.#trouble = undefined;
      pending?.resolve(reply.results);
      return;
    }
    const error = toStorageError(reply.failure);
    if (TROUBLES.has(reply.failure.name)) this.#trouble = error;
    pending?.reject(error);
  }

  /** The thread is gone. Expected after `close`; otherwise everything that waits has an unknown outcome. */
  #lose(reason: string): void {
    if (this.#lost !== undefined) return;
    const lost = storageErrors.create('WORKER_LOST', reason);
    this.#lost =
      this.#closing === undefined ? lost : storageErrors.create('CLOSED', 'the database is closed');
    for (const pending of this.#pending.values()) pending.reject(lost);
    this.#pending.clear();
    if (this.#closing === undefined) this.#onLost(lost);
  }
}

/**
 * Runs one long read in a thread of its own. Returns the problems a check found; rejects with `MC_STORAGE_*`, with
 * `MC_STORAGE_CLOSED` when the signal is aborted first.
 */
export async function runLongRead(
  workerUrl: URL,
  assignment: LongRead,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const closed = () =>
    storageErrors.create('CLOSED', `the ${assignment.kind} of the database was broken off`);
  if (signal?.aborted) throw closed();
  const thread = new StorageThread(workerUrl);
  const stop = () => void thread.worker.terminate();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const message = await thread.assign(assignment);
    if (message.kind === 'job_done') return message.problems;
    throw storageErrors.create('UNEXPECTED', `the database thread began with a message '${message.kind}'`);
  } catch (error) {
    if (signal?.aborted !== true) throw error;
    if (assignment.kind === 'backup')
      for (const suffix of ['', '-journal']) await rm(`${assignment.partial}${suffix}`, { force: true });
    throw closed();
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

/** Copies the database to `target`, which appears complete or not at all. */
export async function backupDatabase(
  file: { readonly workerUrl: URL; readonly path: string },
  target: string,
  signal?: AbortSignal,
): Promise<void> {
  const assignment = { kind: 'backup', path: file.path, target, partial: `${target}.partial` } as const;
  await runLongRead(file.workerUrl, assignment, signal);
}
