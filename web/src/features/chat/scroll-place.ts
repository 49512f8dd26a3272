/** The place in a transcript, kept for this tab. No place means the end. */
import type { VirtualItem } from '@tanstack/react-virtual';
import { readSaved, type SavedShape, type ValueStorage, writeSaved } from '../../browser/saved-value.ts';

export interface ScrollPlace {
  /** Pixels from the start, valid together with the measured heights. */
  readonly offset: number;
  readonly measurements: readonly VirtualItem[];
}

const MAX_SAVED_ROWS = 2_000;

/** The saved place, `null` when the transcript was at its end or never left. */
export function readScrollPlace(storage: ValueStorage, sessionKey: string): ScrollPlace | null {
  return readSaved(storage, shapeOf(sessionKey));
}

/** `null` forgets the place. Very long transcripts are not kept: their heights would fill the storage. */
export function saveScrollPlace(
  storage: ValueStorage,
  sessionKey: string,
  { place }: { readonly place: ScrollPlace | null },
): void {
  const shape = shapeOf(sessionKey);
  if (place === null || place.measurements.length > MAX_SAVED_ROWS) storage.removeItem(shape.key);
  else writeSaved(storage, shape, place);
}

function shapeOf(sessionKey: string): SavedShape {
  return { key: `microclaw_place:${sessionKey}`, version: 1 };
}
