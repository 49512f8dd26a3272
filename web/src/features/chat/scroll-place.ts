/** The place in a transcript, kept for this tab. No place means the end. */
import type { VirtualItem } from '@tanstack/react-virtual';
import { readSaved, type SavedShape, type ValueStorage, writeSaved } from '../../browser/saved-value.ts';
import type { TranscriptRow } from './transcript-rows.ts';

export interface ScrollPlace {
  /** Pixels from the start, valid together with the measured heights. */
  readonly offset: number;
  readonly measurements: readonly VirtualItem[];
}

/** More are not kept, nor loaded again for a place. */
export const MAX_SAVED_ROWS = 2_000;

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

/** Where a place begins: the oldest row it was measured from. The line of a day stands before whatever is loaded. */
export function firstRowKey({ measurements }: ScrollPlace): string | null {
  const first = measurements.find(({ key }) => !isDayKey(key));
  return first === undefined ? null : String(first.key);
}

/** The offset of a place in rows that may begin earlier than those it was measured in. */
export function offsetAmong(
  place: ScrollPlace,
  rows: readonly TranscriptRow[],
  estimate: (row: TranscriptRow) => number,
): number {
  const first = firstRowKey(place);
  const index = rows.findIndex(({ key }) => key === first);
  if (index === -1) return place.offset;
  const sizes = new Map(place.measurements.map(({ key, size }) => [String(key), size]));
  const before = rows.slice(0, index).map((row) => sizes.get(row.key) ?? estimate(row));
  const measured = place.measurements.slice(
    0,
    place.measurements.findIndex(({ key }) => key === first),
  );
  return place.offset + sum(before) - sum(measured.map(({ size }) => size));
}

function isDayKey(key: VirtualItem['key']): boolean {
  return String(key).startsWith('d:');
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function shapeOf(sessionKey: string): SavedShape {
  return { key: `microclaw_place:${sessionKey}`, version: 1 };
}
