/**
 * A database that can be asked before it is open.
 *
 * Invariants: what is asked before waits and then arrives in the order it was asked; when the file cannot be opened it
 * is refused with the reason; once the file is open nothing waits here.
 */
import type { MicroclawError } from '../../core/errors.ts';
import type { DatabaseClient } from './database-client.ts';
import type { Durability, SqlStatement, StatementResult, WorkerCounters } from './protocol.ts';

const NO_COUNTERS: WorkerCounters = { commits: 0, batches: 0, lastCommitMs: 0, walPages: 0, checkpoints: 0 };

export class OpeningClient implements DatabaseClient {
  readonly #opening: Promise<DatabaseClient>;
  #client: DatabaseClient | undefined;
  #waiting = 0;

  /** Whoever opens the file hears of a failure; so does everybody who asks for something. */
  constructor(opening: Promise<DatabaseClient>) {
    this.#opening = opening;
    opening.then(
      (client) => {
        this.#client = client;
      },
      () => {},
    );
  }

  get counters(): WorkerCounters {
    return this.#client?.counters ?? NO_COUNTERS;
  }

  get trouble(): MicroclawError | undefined {
    return this.#client?.trouble;
  }

  get queueLength(): number {
    return this.#client?.queueLength ?? this.#waiting;
  }

  read(statement: SqlStatement, transaction?: number): Promise<StatementResult> {
    return this.#ask((client) => client.read(statement, transaction));
  }

  write(
    statements: readonly SqlStatement[],
    durability: Durability,
    transaction?: number,
  ): Promise<readonly StatementResult[]> {
    return this.#ask((client) => client.write(statements, durability, transaction));
  }

  begin(): Promise<number> {
    return this.#ask((client) => client.begin());
  }

  end(transaction: number, commit: boolean): Promise<void> {
    return this.#ask((client) => client.end(transaction, commit));
  }

  /** Refuses what is asked from now on. A file that was not opened needs no closing. */
  close(): Promise<void> {
    if (this.#client !== undefined) return this.#client.close();
    return this.#opening.then(
      (client) => client.close(),
      () => {},
    );
  }

  #ask<Result>(question: (client: DatabaseClient) => Promise<Result>): Promise<Result> {
    if (this.#client !== undefined) return question(this.#client);
    this.#waiting += 1;
    return this.#opening.then(question).finally(() => {
      this.#waiting -= 1;
    });
  }
}
