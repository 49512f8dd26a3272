/**
 * Prepared statements by SQL text, least recently used first out.
 *
 * Integers come back as numbers. Those beyond 2^53 are never rounded: a statement that meets one is switched to big
 * integers for good, and only values that do not fit a number stay `bigint`.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { isRecord } from '../../core/json.ts';
import type { SqlStatement, StatementResult } from './protocol.ts';

interface Prepared {
  readonly statement: StatementSync;
  /** True for queries and for writes with a RETURNING clause. */
  readonly returnsRows: boolean;
  /** True for an insert whose row id means something (not an upsert, which may have updated). */
  readonly reportsInsertId: boolean;
  bigIntegers: boolean;
}

/** Longer texts are one-off statements (long value lists) and would only push others out. */
const MAX_CACHED_SQL_LENGTH = 8192;
const NO_ROWS: readonly Record<string, unknown>[] = [];

export class StatementCache {
  readonly #database: DatabaseSync;
  readonly #capacity: number;
  readonly #prepared = new Map<string, Prepared>();

  constructor(database: DatabaseSync, capacity: number) {
    this.#database = database;
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#prepared.size;
  }

  /** Runs a query. It may be run twice, so it must not write. */
  read({ sql, parameters }: SqlStatement): StatementResult {
    const prepared = this.#prepare(sql);
    try {
      return { rows: allRows(prepared, parameters), affectedRows: 0, insertId: undefined };
    } catch (error) {
      if (prepared.bigIntegers || !isOutOfRange(error)) throw error;
      useBigIntegers(prepared);
      return { rows: allRows(prepared, parameters), affectedRows: 0, insertId: undefined };
    }
  }

  /** Runs any statement exactly once. */
  write({ sql, parameters }: SqlStatement): StatementResult {
    const prepared = this.#prepare(sql);
    if (prepared.returnsRows) {
      if (!prepared.bigIntegers) useBigIntegers(prepared);
      const rows = allRows(prepared, parameters);
      return { rows, affectedRows: rows.length, insertId: undefined };
    }
    const { changes, lastInsertRowid } = prepared.statement.run(...parameters);
    const affectedRows = Number(changes);
    const insertId = prepared.reportsInsertId && affectedRows > 0 ? Number(lastInsertRowid) : undefined;
    return { rows: NO_ROWS, affectedRows, insertId };
  }

  #prepare(sql: string): Prepared {
    const known = this.#prepared.get(sql);
    if (known !== undefined) {
      this.#prepared.delete(sql);
      this.#prepared.set(sql, known);
      return known;
    }
    const statement = this.#database.prepare(sql);
    const prepared = {
      statement,
      returnsRows: statement.columns().length > 0,
      reportsInsertId: /^\s*insert\b/i.test(sql) && !/\bdo\s+update\b/i.test(sql),
      bigIntegers: false,
    };
    if (sql.length <= MAX_CACHED_SQL_LENGTH) this.#remember(sql, prepared);
    return prepared;
  }

  #remember(sql: string, prepared: Prepared): void {
    this.#prepared.set(sql, prepared);
    if (this.#prepared.size <= this.#capacity) return;
    const oldest = this.#prepared.keys().next();
    if (oldest.done !== true) this.#prepared.delete(oldest.value);
  }
}

function useBigIntegers(prepared: Prepared): void {
  prepared.statement.setReadBigInts(true);
  prepared.bigIntegers = true;
}

function allRows(
  prepared: Prepared,
  parameters: SqlStatement['parameters'],
): readonly Record<string, unknown>[] {
  const rows: Record<string, unknown>[] = prepared.statement.all(...parameters);
  if (prepared.bigIntegers) for (const row of rows) narrowIntegers(row);
  return rows;
}

/** Turns every big integer that fits a number into one, in place. */
function narrowIntegers(row: Record<string, unknown>): void {
  for (const [column, value] of Object.entries(row)) {
    if (typeof value !== 'bigint') continue;
    const narrow = Number(value);
    if (Number.isSafeInteger(narrow)) row[column] = narrow;
  }
}

function isOutOfRange(error: unknown): boolean {
  return isRecord(error) && error.code === 'ERR_OUT_OF_RANGE';
}
