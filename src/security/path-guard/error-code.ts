/** Reads the code of a system error. */

/** `ENOENT`, `EACCES`, …; `UNKNOWN` for anything that is not a system error. */
export function errorCode(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'UNKNOWN';
}
