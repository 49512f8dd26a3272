/** Compiled queries of Kysely as statements of the database thread. */
import type { CompiledQuery } from 'kysely';
import { storageErrors } from '../errors.ts';
import type { SqlStatement, SqlValue } from '../worker/protocol.ts';

/** Throws `MC_STORAGE_UNEXPECTED` for a parameter that SQLite cannot bind (a boolean, a date, `undefined`). */
export function toSqlStatement(compiled: CompiledQuery, expectRows?: number): SqlStatement {
  const parameters = compiled.parameters.map((value, index) => toSqlValue(value, index, compiled.sql));
  if (expectRows === undefined) return { sql: compiled.sql, parameters };
  return { sql: compiled.sql, parameters, expectRows };
}

function toSqlValue(value: unknown, index: number, sql: string): SqlValue {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') return value;
  if (value === null || value instanceof Uint8Array) return value;
  throw storageErrors.create(
    'UNEXPECTED',
    `parameter ${index + 1} is a ${typeof value}, which cannot be stored`,
    {
      data: { sql: sql.slice(0, 500) },
    },
  );
}
