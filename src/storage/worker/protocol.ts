/**
 * What the main thread and the database thread say to each other. Plain data only: every value passes through a
 * structured clone. Both directions send arrays, so that what happens in one turn of an event loop is one message.
 */
import type { StorageErrorName } from '../errors.ts';

/** What SQLite can bind. Booleans and dates are converted before they get here. */
export type SqlValue = null | number | bigint | string | Uint8Array;

export interface SqlStatement {
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
  /** Rows the statement must change; another number rolls its batch back with `CONFLICT`. */
  readonly expectRows?: number;
}

/** Outcome of one statement. */
export interface StatementResult {
  /** Rows of a query or of a RETURNING clause. */
  readonly rows: readonly Record<string, unknown>[];
  /** Rows inserted, updated or deleted; 0 for a query. */
  readonly affectedRows: number;
  /** Row id of a plain insert; undefined for anything else and for an insert that was ignored. */
  readonly insertId: number | undefined;
}

/** `full`: on disk when acknowledged. `normal`: survives a crash of the process, perhaps not of the machine. */
export type Durability = 'full' | 'normal';

export interface ReadRequest {
  readonly kind: 'read';
  readonly id: number;
  readonly statement: SqlStatement;
  /** The interactive transaction it belongs to. */
  readonly transaction: number | undefined;
}

/** Statements that take effect together or not at all. */
export interface WriteRequest {
  readonly kind: 'write';
  readonly id: number;
  readonly statements: readonly SqlStatement[];
  readonly durability: Durability;
  readonly transaction: number | undefined;
}

/** Opens an interactive transaction, whose id is the request's id. Everything else waits until it ends. */
export interface BeginRequest {
  readonly kind: 'begin';
  readonly id: number;
}

export interface EndRequest {
  readonly kind: 'end';
  readonly id: number;
  readonly transaction: number;
  readonly commit: boolean;
}

/** Checkpoints, closes the database, releases the lock and ends the thread. The last request. */
export interface CloseRequest {
  readonly kind: 'close';
  readonly id: number;
}

export type WorkerRequest = ReadRequest | WriteRequest | BeginRequest | EndRequest | CloseRequest;

/** An error as plain data; the main thread makes the `MicroclawError`. */
export interface Failure {
  readonly name: StorageErrorName;
  readonly message: string;
  readonly hint?: string;
  readonly data?: Readonly<Record<string, string | number | null>>;
}

export type WorkerReply =
  | { readonly id: number; readonly ok: true; readonly results: readonly StatementResult[] }
  | { readonly id: number; readonly ok: false; readonly failure: Failure };

/** Counters since the thread started. */
export interface WorkerCounters {
  /** Transactions committed. */
  readonly commits: number;
  /** Batches those transactions contained; more than `commits` when batches shared one. */
  readonly batches: number;
  readonly lastCommitMs: number;
  /** Pages in the write-ahead log at the last checkpoint. */
  readonly walPages: number;
  readonly checkpoints: number;
}

/** State of the file when it was opened, before anything was written to it. */
export interface OpenedDatabase {
  /** User tables besides the migration record. */
  readonly tableCount: number;
  /** The migration record; `undefined` when the file has none. */
  readonly applied: readonly AppliedMigration[] | undefined;
  readonly fileBytes: number;
}

export interface AppliedMigration {
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
}

export type WorkerMessage =
  | { readonly kind: 'opened'; readonly opened: OpenedDatabase }
  | { readonly kind: 'refused'; readonly failure: Failure }
  | { readonly kind: 'replies'; readonly replies: readonly WorkerReply[]; readonly counters: WorkerCounters }
  | { readonly kind: 'job_done'; readonly problems: readonly string[] };

/** What a thread is started for: to own the database, or for one long read beside the owner. */
export type WorkerAssignment =
  | {
      readonly kind: 'serve';
      readonly path: string;
      /** Size limit of the file in pages of 4096 bytes. */
      readonly maxPages: number | undefined;
      readonly transactionIdleMs: number;
      /** Files up to this size are checked before they are used. */
      readonly checkBelowBytes: number;
    }
  | {
      readonly kind: 'backup';
      readonly path: string;
      readonly target: string;
      /** Where the copy is written before it gets its name. */
      readonly partial: string;
    }
  | { readonly kind: 'check'; readonly path: string };
