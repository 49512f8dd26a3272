/**
 * Kysely on top of the database thread. A query outside a transaction runs as soon as the thread gets to it; a write
 * outside one is a batch of its own and shares its commit with others. `db.transaction()` is exclusive: everybody else
 * waits, so repositories use atomic batches instead.
 */
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { storageErrors } from '../errors.ts';
import type { DatabaseClient } from '../worker/database-client.ts';
import type { StatementResult } from '../worker/protocol.ts';
import { toSqlStatement } from './to-sql-statement.ts';

export class StorageDialect implements Dialect {
  readonly #client: DatabaseClient;

  constructor(client: DatabaseClient) {
    this.#client = client;
  }

  createDriver(): Driver {
    return new StorageDriver(this.#client);
  }

  createQueryCompiler(): SqliteQueryCompiler {
    return new SqliteQueryCompiler();
  }

  createAdapter(): StorageAdapter {
    return new StorageAdapter();
  }

  createIntrospector(db: Kysely<unknown>): SqliteIntrospector {
    return new SqliteIntrospector(db);
  }
}

/**
 * The database thread orders queries and keeps transactions apart. Kysely must not do so as well: it would send one
 * query at a time and wait for ever on one that a transaction makes outside itself.
 */
class StorageAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

class StorageDriver implements Driver {
  readonly #client: DatabaseClient;

  constructor(client: DatabaseClient) {
    this.#client = client;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<StorageConnection> {
    return new StorageConnection(this.#client);
  }

  async beginTransaction(connection: StorageConnection): Promise<void> {
    await connection.begin();
  }

  async commitTransaction(connection: StorageConnection): Promise<void> {
    await connection.end(true);
  }

  async rollbackTransaction(connection: StorageConnection): Promise<void> {
    await connection.end(false);
  }

  async releaseConnection(): Promise<void> {}

  /** The thread is ended by `Storage.close`. */
  async destroy(): Promise<void> {}
}

/** One user of the shared connection; remembers which transaction its queries belong to. */
class StorageConnection implements DatabaseConnection {
  readonly #client: DatabaseClient;
  #transaction: number | undefined;

  constructor(client: DatabaseClient) {
    this.#client = client;
  }

  async begin(): Promise<void> {
    this.#transaction = await this.#client.begin();
  }

  async end(commit: boolean): Promise<void> {
    const transaction = this.#transaction;
    this.#transaction = undefined;
    if (transaction !== undefined) await this.#client.end(transaction, commit);
  }

  async executeQuery<Row>(compiled: CompiledQuery): Promise<QueryResult<Row>> {
    const statement = toSqlStatement(compiled);
    if (isQuery(compiled)) return toQueryResult(await this.#client.read(statement, this.#transaction));
    const [result] = await this.#client.write([statement], 'normal', this.#transaction);
    if (result === undefined)
      throw storageErrors.create('UNEXPECTED', 'a write was answered without a result');
    return toQueryResult(result);
  }

  // biome-ignore lint/correctness/useYield: a stream that is refused never yields
  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw storageErrors.create(
      'UNEXPECTED',
      'streaming would hold the only connection; read in pages instead',
    );
  }
}

/** Anything that is not known to be a query is run as a write, which is always correct. */
function isQuery(compiled: CompiledQuery): boolean {
  if (compiled.query.kind === 'SelectQueryNode') return true;
  return compiled.query.kind === 'RawNode' && /^\s*(?:select|values|explain|pragma)\b/i.test(compiled.sql);
}

function toQueryResult<Row>(result: StatementResult): QueryResult<Row> {
  return {
    // Kysely derives the row type from the query; the rows are what that query selected.
    rows: result.rows as Row[],
    numAffectedRows: BigInt(result.affectedRows),
    ...(result.insertId === undefined ? {} : { insertId: BigInt(result.insertId) }),
  };
}
