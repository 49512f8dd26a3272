/** Joins class names; falsy parts are left out, so that a condition can stand in the list. */
export function classNames(...parts: readonly (string | false | null | undefined)[]): string {
  return parts.filter(Boolean).join(' ');
}
