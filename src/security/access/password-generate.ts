/** Passwords made by the program, of the form `mc-xxxxxx-xxxxxx!` (hex). */
import type { IdSource } from '../../core/ids.ts';

/** A random password. */
export function generatePassword(ids: IdSource): string {
  return `mc-${ids.hex(3)}-${ids.hex(3)}!`;
}
