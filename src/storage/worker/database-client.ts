/**
 * What the storage and its dialect ask of the database thread; open already (`WorkerClient`) or not yet
 * (`OpeningClient`).
 */
import type { MicroclawError } from '../../core/errors.ts';
import type { Durability, SqlStatement, StatementResult, WorkerCounters } from './protocol.ts';

export interface DatabaseClient {
  /** As the thread told them last. */
  readonly counters: WorkerCounters;
  /** What the file or its disk refused last; `undefined` once a write has succeeded since. */
  readonly trouble: MicroclawError | undefined;
  /** Requests not yet answered. */
  readonly queueLength: number;
  read(statement: SqlStatement, transaction?: number): Promise<StatementResult>;
  write(
    statements: readonly SqlStatement[],
    durability: Durability,
    transaction?: number,
  ): Promise<readonly StatementResult[]>;
  /** Opens an interactive transaction and returns its id. */
  begin(): Promise<number>;
  end(transaction: number, commit: boolean): Promise<void>;
  /** Answers everything that was asked before, and refuses the rest. Idempotent. */
  close(): Promise<void>;
}
