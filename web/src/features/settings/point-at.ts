/** Finds a setting in the page. */

/** The id of a key's row in the page. */
export function rowId(key: string): string {
  return `setting-${key}`;
}

/** Brings a setting into view and puts the focus into its field; nothing for a key that is not shown. */
export function pointAt(key: string | undefined): void {
  if (key === undefined) return;
  focusField(key);
  requestAnimationFrame(() => {
    const row = document.getElementById(rowId(key));
    // A row that is taller than the view shows its beginning, where its name stands.
    const isTall = row !== null && row.offsetHeight > window.innerHeight / 2;
    row?.scrollIntoView({ block: isTall ? 'start' : 'center' });
  });
}

/** Puts the focus into the field of a setting, once what is about to be drawn is drawn. */
export function focusField(key: string): void {
  requestAnimationFrame(() => {
    const row = document.getElementById(rowId(key));
    const field = row?.querySelector<HTMLElement>('input, select, textarea') ?? row?.querySelector('button');
    field?.focus({ preventScroll: true });
  });
}
