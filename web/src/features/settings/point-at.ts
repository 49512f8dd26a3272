/** Finds a setting in the page. */

/** The id of a key's row in the page. */
export function rowId(key: string): string {
  return `setting-${key}`;
}

/** Brings a setting into view and puts the focus into its field; nothing for a key that is not shown. */
export function pointAt(key: string | undefined): void {
  if (key === undefined) return;
  focusField(key);
  requestAnimationFrame(() => document.getElementById(rowId(key))?.scrollIntoView({ block: 'center' }));
}

/** Puts the focus into the field of a setting, once what is about to be drawn is drawn. */
export function focusField(key: string): void {
  requestAnimationFrame(() => {
    const row = document.getElementById(rowId(key));
    const field = row?.querySelector<HTMLElement>('input, select, textarea') ?? row?.querySelector('button');
    field?.focus({ preventScroll: true });
  });
}
