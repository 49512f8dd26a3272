/**
 * The database as the rest of the program uses it: `db` to compile and read, `write` for atomic batches.
 *
 * Invariants: SQLite runs in a thread of its own, never on the caller's event loop; exactly one process owns the file;
 * nothing is answered before the schema is current; `close` answers everything that was accepted before it.
 */
import { type Compilable, type CompiledQuery, Kysely } from 'kysely';
import { type Clock, formatTimestamp } from '../core/clock.ts';
import type { MicroclawError } from '../core/errors.ts';
import { StorageDialect } from './dialect/storage-dialect.ts';
import { toSqlStatement } from './dialect/to-sql-statement.ts';
import { storageErrors } from './errors.ts';
import { FileIdentity } from './file-identity.ts';
import { MIGRATIONS } from './migrations/list.ts';
import { migrate } from './migrations/migrate.ts';
import type { Migration } from './migrations/migration.ts';
import type { Database } from './schema.ts';
import type { DatabaseClient } from './worker/database-client.ts';
import { OpeningClient } from './worker/opening-client.ts';
import type { StatementResult } from './worker/protocol.ts';
import { StorageThread } from './worker/storage-thread.ts';
import { backupDatabase, runLongRead, WorkerClient } from './worker/worker-client.ts';
import { defaultWorkerUrl } from './worker/worker-url.ts';

export interface WriteStatement {
  readonly query: Compilable;
  /** Rows the statement must change; any other number rolls the batch back with `MC_STORAGE_CONFLICT`. */
  readonly expectRows?: number;
}

/**
 * Outcome of one statement. `insertId` is the row id of a plain insert; it is undefined for an insert that was ignored,
 * an upsert, an update or a delete.
 */
export type WriteResult = StatementResult;

export interface WriteOptions {
  /**
   * `full`: flushed to disk before the promise resolves. `normal` (default): survives a crash of the process; a crash
   * of the machine may lose the newest ones, never a part of one.
   */
  readonly durability?: 'full' | 'normal';
}

export interface IntegrityReport {
  readonly intact: boolean;
  /** What `PRAGMA quick_check` said, at most 20 lines. */
  readonly problems: readonly string[];
  readonly durationMs: number;
  readonly checkedAt: string;
}

export interface StorageStats {
  /** Requests sent to the database thread and not yet answered. */
  readonly queueLength: number;
  /** Transactions committed, and the batches they contained. */
  readonly commits: number;
  readonly batches: number;
  readonly lastCommitMs: number;
  /** Pages in the write-ahead log at the last checkpoint. */
  readonly walPages: number;
  readonly checkpoints: number;
  /** The newest background check; `undefined` before the first. */
  readonly integrity: IntegrityReport | undefined;
  /** What the file or its disk refused last; `undefined` once a write has succeeded since. */
  readonly trouble: MicroclawError | undefined;
}

export interface Storage {
  /** Compiles statements and reads. */
  readonly db: Kysely<Database>;
  /**
   * Runs the statements in one transaction. Resolves after the commit with one result per statement; rejects with
   * `MC_STORAGE_*` and then nothing of the batch has happened (`MC_STORAGE_WORKER_LOST`: unknown).
   */
  write(statements: readonly WriteStatement[], options?: WriteOptions): Promise<readonly WriteResult[]>;
  /** Runs a compiled query, without the detour through the query builder. Rejects with `MC_STORAGE_*`. */
  read<Row>(query: CompiledQuery<Row>): Promise<readonly Row[]>;
  /**
   * Waits for what was accepted, breaks off backups and checks, moves the log into the file, closes it and ends the
   * thread. Idempotent.
   */
  close(): Promise<void>;
  /** Writes a consistent copy to `path` while the database stays in use. An existing file is replaced. */
  backup(path: string): Promise<void>;
  /** Checks the file's structure in a thread of its own. */
  check(): Promise<IntegrityReport>;
  stats(): StorageStats;
  /** Throws `MC_STORAGE_FILE_LOST` when the file was removed or replaced since it was opened. */
  verifyFile(): void;
}

export interface StorageOptions {
  /** The database file; it and its directory are created when missing. */
  readonly path: string;
  readonly clock: Clock;
  /** Program of the database thread; the default finds it in the sources and beside the release bundle. */
  readonly workerUrl?: URL;
  /** A thread of that program that was started ahead; it belongs to the storage from now on. */
  readonly thread?: StorageThread;
  /** Size limit of the file in pages of 4096 bytes; writes beyond it fail with `MC_STORAGE_DISK_FULL`. */
  readonly maxPages?: number;
  /** An interactive transaction idle for longer is rolled back. Default 10 000. */
  readonly transactionIdleMs?: number;
  /** Files up to this size are checked before use, larger ones in the background. Default 4 MiB. */
  readonly checkBelowBytes?: number;
  /** Time after opening at which a large file is checked. Default 30 000. */
  readonly backgroundCheckDelayMs?: number;
  /** The schema's history; other than the default only in tests. */
  readonly migrations?: readonly Migration[];
  /**
   * Told about trouble that no caller waits for: `MC_STORAGE_CORRUPT` from the background check,
   * `MC_STORAGE_WORKER_LOST` when the database thread died, after which every request fails and the program has to
   * stop.
   */
  readonly onProblem?: (error: MicroclawError) => void;
}

/** A database that is being opened; it can be asked already, and answers once it is open. */
export interface OpeningStorage {
  readonly storage: Storage;
  /** As `openStorage`. A failure is also the answer to everything that was asked meanwhile. */
  readonly opened: Promise<void>;
}

/**
 * Takes the lock, opens the file, checks it and brings its schema up to date. Rejects with `MC_STORAGE_LOCKED`,
 * `_TOO_NEW`, `_CORRUPT`, `_FOREIGN_DATABASE`, `_MIGRATION_*`, `_READ_ONLY`, `_CANNOT_OPEN` or `_DISK_FULL`.
 */
export async function openStorage(options: StorageOptions): Promise<Storage> {
  const { storage, opened } = beginStorage(options);
  await opened;
  return storage;
}

/** As `openStorage`, without waiting. */
export function beginStorage(options: StorageOptions): OpeningStorage {
  const workerUrl = options.workerUrl ?? defaultWorkerUrl();
  const opening = openClient(options, workerUrl);
  const storage = new SqliteStorage(new OpeningClient(opening.then(({ client }) => client)), {
    path: options.path,
    workerUrl,
    clock: options.clock,
  });
  const opened = opening.then(({ isLarge }) => {
    storage.noteOpened();
    if (isLarge)
      storage.checkLater(options.backgroundCheckDelayMs ?? 30_000, options.onProblem ?? (() => {}));
  });
  return { storage, opened };
}

async function openClient(options: StorageOptions, workerUrl: URL) {
  const { path, clock, maxPages } = options;
  const checkBelowBytes = options.checkBelowBytes ?? 4 * 1024 * 1024;
  const transactionIdleMs = options.transactionIdleMs ?? 10_000;
  const onProblem = options.onProblem ?? (() => {});
  const assignment = { kind: 'serve', path, maxPages, transactionIdleMs, checkBelowBytes } as const;
  const { client, opened } = await WorkerClient.start(
    options.thread ?? new StorageThread(workerUrl),
    assignment,
    onProblem,
  );
  try {
    await migrate({ client, opened, migrations: options.migrations ?? MIGRATIONS, path, workerUrl, clock });
  } catch (error) {
    await client.close();
    throw error;
  }
  return { client, isLarge: opened.fileBytes > checkBelowBytes };
}

class SqliteStorage implements Storage {
  readonly db: Kysely<Database>;
  readonly #client: DatabaseClient;
  readonly #file: { readonly path: string; readonly workerUrl: URL; readonly clock: Clock };
  readonly #longReads = new AbortController();
  #checkTimer: NodeJS.Timeout | undefined;
  #integrity: IntegrityReport | undefined;
  #identity: FileIdentity | undefined;

  constructor(
    client: DatabaseClient,
    file: { readonly path: string; readonly workerUrl: URL; readonly clock: Clock },
  ) {
    this.#client = client;
    this.#file = file;
    this.db = new Kysely<Database>({ dialect: new StorageDialect(client) });
  }

  async write(
    statements: readonly WriteStatement[],
    options: WriteOptions = {},
  ): Promise<readonly WriteResult[]> {
    if (statements.length === 0) return [];
    const compiled = statements.map(({ query, expectRows }) => toSqlStatement(query.compile(), expectRows));
    return this.#client.write(compiled, options.durability ?? 'normal');
  }

  async read<Row>(query: CompiledQuery<Row>): Promise<readonly Row[]> {
    const { rows } = await this.#client.read(toSqlStatement(query));
    // The row type comes from the query, and the rows are what that query selected.
    return rows as readonly Row[];
  }

  async close(): Promise<void> {
    clearTimeout(this.#checkTimer);
    this.#longReads.abort();
    await this.#client.close();
  }

  async backup(path: string): Promise<void> {
    await backupDatabase(this.#file, path, this.#longReads.signal);
  }

  async check(): Promise<IntegrityReport> {
    const { clock, path, workerUrl } = this.#file;
    const startedAt = clock.monotonic();
    const problems = await runLongRead(workerUrl, { kind: 'check', path }, this.#longReads.signal);
    const report = {
      intact: problems.length === 0,
      problems,
      durationMs: clock.monotonic() - startedAt,
      checkedAt: formatTimestamp(clock.now()),
    };
    this.#integrity = report;
    return report;
  }

  stats(): StorageStats {
    const { queueLength, counters, trouble } = this.#client;
    return { queueLength, ...counters, integrity: this.#integrity, trouble };
  }

  /** The file is there from now on. */
  noteOpened(): void {
    this.#identity = FileIdentity.of(this.#file.path);
  }

  verifyFile(): void {
    this.#identity?.verify();
  }

  /** Checks the file once, after `delayMs`, unless it is closed before. */
  checkLater(delayMs: number, onProblem: (error: MicroclawError) => void): void {
    const run = async () => {
      const report = await this.check();
      if (report.intact) return;
      const message = `the database failed its integrity check: ${report.problems.slice(0, 3).join('; ')}`;
      onProblem(storageErrors.create('CORRUPT', message, { data: { path: this.#file.path } }));
    };
    const report = (error: unknown) => {
      // Broken off because the database was closed: nobody is left to tell.
      if (storageErrors.is(error, 'CLOSED')) return;
      const message = 'the integrity check of the database could not run';
      onProblem(storageErrors.create('IO', message, { cause: error }));
    };
    this.#checkTimer = setTimeout(() => void run().catch(report), delayMs);
    this.#checkTimer.unref();
  }
}
