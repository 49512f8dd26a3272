/**
 * Commits several batches in one transaction, so that they share one flush of the disk.
 *
 * Invariants: a batch takes effect whole or not at all; a batch that fails takes no other batch with it, also when the
 * failure ends the whole transaction (disk full); a result is returned only after the commit that made it durable; a
 * group that contains a `full` batch is flushed to disk before any of its batches is acknowledged.
 */
import type { DatabaseSync } from 'node:sqlite';
import { monotonicMs } from '../../core/monotonic.ts';
import type { Durability, Failure, SqlStatement, StatementResult, WriteRequest } from './protocol.ts';
import { describeFailure, WorkerFailure } from './sqlite-failure.ts';
import type { StatementCache } from './statement-cache.ts';

export type BatchOutcome =
  | { readonly ok: true; readonly results: readonly StatementResult[] }
  | { readonly ok: false; readonly failure: Failure };

export class GroupCommitter {
  readonly #database: DatabaseSync;
  readonly #statements: StatementCache;
  #synchronous: Durability | undefined;
  #commits = 0;
  #batches = 0;
  #lastCommitMs = 0;

  constructor(database: DatabaseSync, statements: StatementCache) {
    this.#database = database;
    this.#statements = statements;
  }

  get counters(): { readonly commits: number; readonly batches: number; readonly lastCommitMs: number } {
    return { commits: this.#commits, batches: this.#batches, lastCommitMs: this.#lastCommitMs };
  }

  /** Runs the batches in order; the outcome at an index belongs to the batch at that index. */
  commit(batches: readonly WriteRequest[]): readonly BatchOutcome[] {
    const startedAt = monotonicMs();
    const outcomes = this.#commitGroup(batches) ?? batches.map((batch) => this.#commitAlone(batch));
    this.#lastCommitMs = monotonicMs() - startedAt;
    return outcomes;
  }

  /** Begins a transaction that the caller ends with `end`; it is flushed to disk. */
  begin(): void {
    this.#setSynchronous('full');
    this.#run('begin immediate');
  }

  /** Runs the statements of one batch inside the open transaction, undoing them when one fails. */
  runNested(statements: readonly SqlStatement[]): BatchOutcome {
    if (this.#database.isTransaction) return this.#inSavepoint(statements);
    const message = 'the transaction was rolled back by an earlier failure';
    return { ok: false, failure: { name: 'TRANSACTION_EXPIRED', message } };
  }

  /** Ends the transaction of `begin`. */
  end(commit: boolean): void {
    if (!commit) {
      this.rollback();
      return;
    }
    try {
      this.#run('commit');
    } catch (error) {
      this.rollback();
      throw error;
    }
    this.#commits += 1;
    this.#batches += 1;
  }

  /** Undoes the open transaction, if SQLite has not done so itself. */
  rollback(): void {
    if (this.#database.isTransaction) this.#run('rollback');
  }

  /** One transaction for all; `undefined` when it had to be given up, and then nothing has happened. */
  #commitGroup(batches: readonly WriteRequest[]): readonly BatchOutcome[] | undefined {
    const [only] = batches;
    if (batches.length === 1 && only !== undefined) return [this.#commitAlone(only)];
    const refusal = this.#tryBegin(batches.some((batch) => batch.durability === 'full') ? 'full' : 'normal');
    if (refusal !== undefined) return batches.map(() => refusal);
    try {
      const outcomes: BatchOutcome[] = [];
      for (const batch of batches) {
        outcomes.push(this.#inSavepoint(batch.statements));
        if (!this.#database.isTransaction) return undefined;
      }
      this.#run('commit');
      this.#commits += 1;
      this.#batches += batches.length;
      return outcomes;
    } catch {
      // What went wrong shows again, with its cause, when the batches are committed one by one.
      this.rollback();
      return undefined;
    }
  }

  /** The outcome of every batch when no transaction can begin: trying again for each would only add up the waits. */
  #tryBegin(durability: Durability): BatchOutcome | undefined {
    try {
      this.#setSynchronous(durability);
      this.#run('begin immediate');
      return undefined;
    } catch (error) {
      return { ok: false, failure: describeFailure(error) };
    }
  }

  #commitAlone(batch: WriteRequest): BatchOutcome {
    try {
      this.#setSynchronous(batch.durability);
      this.#run('begin immediate');
      const results = this.#runAll(batch.statements);
      this.#run('commit');
      this.#commits += 1;
      this.#batches += 1;
      return { ok: true, results };
    } catch (error) {
      this.rollback();
      return { ok: false, failure: describeFailure(error) };
    }
  }

  #inSavepoint(statements: readonly SqlStatement[]): BatchOutcome {
    try {
      this.#run('savepoint batch');
      const results = this.#runAll(statements);
      this.#run('release batch');
      return { ok: true, results };
    } catch (error) {
      if (this.#database.isTransaction) {
        this.#run('rollback to batch');
        this.#run('release batch');
      }
      return { ok: false, failure: describeFailure(error) };
    }
  }

  #runAll(statements: readonly SqlStatement[]): readonly StatementResult[] {
    return statements.map((statement, index) => {
      const result = this.#runOne(statement);
      if (statement.expectRows !== undefined && statement.expectRows !== result.affectedRows) {
        throw new WorkerFailure({
          name: 'CONFLICT',
          message: `statement ${index + 1} of ${statements.length} changed ${result.affectedRows} rows instead of ${statement.expectRows}`,
          data: { sql: statement.sql.slice(0, 500) },
        });
      }
      return result;
    });
  }

  #runOne(statement: SqlStatement): StatementResult {
    try {
      return this.#statements.write(statement);
    } catch (error) {
      throw new WorkerFailure(describeFailure(error, statement.sql));
    }
  }

  #setSynchronous(durability: Durability): void {
    if (this.#synchronous === durability) return;
    this.#database.exec(`pragma synchronous = ${durability}`);
    this.#synchronous = durability;
  }

  #run(sql: string): void {
    this.#statements.write({ sql, parameters: [] });
  }
}
