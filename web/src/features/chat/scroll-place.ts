/** The place in a transcript, kept for this tab. No place means the end. */
import type { VirtualItem } from '@tanstack/react-virtual';

export interface ScrollPlace {
  /** Pixels from the start, valid together with the measured heights. */
  readonly offset: number;
  readonly measurements: readonly VirtualItem[];
}

const MAX_SAVED_ROWS = 2_000;

/** The saved place, `null` when the transcript was at its end or never left. */
export function readScrollPlace(storage: Pick<Storage, 'getItem'>, sessionKey: string): ScrollPlace | null {
  const json = storage.getItem(keyOf(sessionKey));
  // Written by `saveScrollPlace` in this tab's own storage.
  return json === null ? null : (JSON.parse(json) as ScrollPlace);
}

/** `null` forgets the place. Very long transcripts are not kept: their heights would fill the storage. */
export function saveScrollPlace(
  storage: Pick<Storage, 'setItem' | 'removeItem'>,
  sessionKey: string,
  { place }: { readonly place: ScrollPlace | null },
): void {
  if (place === null || place.measurements.length > MAX_SAVED_ROWS) storage.removeItem(keyOf(sessionKey));
  else storage.setItem(keyOf(sessionKey), JSON.stringify(place));
}

function keyOf(sessionKey: string): string {
  return `microclaw_place:${sessionKey}`;
}
