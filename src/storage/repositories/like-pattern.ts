/** Substring search in SQL with the pattern characters of LIKE taken literally. */
import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely';

/** A condition builder: true for a column that contains `text`; ASCII letters match in either case. */
export function containsPattern(text: string): (column: Expression<string | null>) => RawBuilder<SqlBool> {
  const pattern = `%${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
  return (column) => sql<SqlBool>`lower(${column}) like ${pattern} escape '\\'`;
}
