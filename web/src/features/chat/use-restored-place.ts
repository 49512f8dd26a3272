/** Loads again what a place in the transcript needs after a reload: only the newest messages are there at first. */
import { useEffect, useState } from 'react';
import type { useHistory } from '../../api/queries.ts';
import { firstRowKey, MAX_SAVED_ROWS, readScrollPlace } from './scroll-place.ts';
import type { TranscriptRow } from './transcript-rows.ts';

/** True while older messages are fetched until the rows begin where the saved place does. */
export function useRestoredPlace(
  sessionKey: string,
  history: ReturnType<typeof useHistory>,
  rows: readonly TranscriptRow[],
): boolean {
  const [wanted, setWanted] = useState(() => {
    const place = readScrollPlace(sessionStorage, sessionKey);
    return place === null ? null : firstRowKey(place);
  });
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = history;
  const canLoad = hasNextPage && !isFetchNextPageError && rows.length <= MAX_SAVED_ROWS;
  const isThere = !canLoad || rows.some(({ key }) => key === wanted);
  if (wanted !== null && history.data !== undefined && isThere) setWanted(null);
  const isMissing = wanted !== null && history.data !== undefined && !isThere;
  useEffect(() => {
    if (isMissing && !isFetchingNextPage) void fetchNextPage(); // its failure ends the wait
  }, [isMissing, isFetchingNextPage, fetchNextPage]);
  return isMissing;
}
