/** Reading fields of unknown JSON: a field of the wrong type counts as absent. */

export type JsonRecord = Readonly<Record<string, unknown>>;

/** The value as an object, `null` for arrays and everything else. */
export function asRecord(value: unknown): JsonRecord | null {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as JsonRecord) : null; // a non-array object has string keys
}

export function textOf(record: JsonRecord, key: string): string | null {
  const value = record[key];
  return typeof value === 'string' ? value : null;
}

export function numberOf(record: JsonRecord, key: string): number | null {
  const value = record[key];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** False when absent. */
export function booleanOf(record: JsonRecord, key: string): boolean {
  return record[key] === true;
}
