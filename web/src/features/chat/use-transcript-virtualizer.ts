/**
 * Which rows of the transcript are in the page, and where the view stands.
 *
 * Invariants: at the end the view stays at the end while text grows; what the operator opens or closes stays under
 * the pointer; older messages arriving above move nothing.
 */
import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual';
import { type RefObject, useEffect, useEffectEvent, useLayoutEffect, useRef } from 'react';
import { offsetAmong, readScrollPlace, saveScrollPlace } from './scroll-place.ts';
import type { TranscriptRow } from './transcript-rows.ts';

/** Closer to the end than this counts as reading the newest text. */
export const AT_END_PX = 64;

const ESTIMATED_HEIGHT_PX: Readonly<Record<TranscriptRow['kind'], number>> = {
  day: 40,
  user: 76,
  run: 220,
  bot: 140,
};

function estimatedHeight(row: TranscriptRow | undefined): number {
  return ESTIMATED_HEIGHT_PX[row?.kind ?? 'bot'];
}

export interface TranscriptVirtualizerInput {
  readonly sessionKey: string;
  readonly rows: readonly TranscriptRow[];
  /** Changes when the operator sends a message: the view goes to the end then. */
  readonly newestOwnMessageId: string | null;
  /** The view came near the oldest row held. */
  readonly onNearStart: () => void;
  readonly scrollRef: RefObject<HTMLDivElement | null>;
}

type TranscriptVirtualizer = Virtualizer<HTMLDivElement, Element>;

export function useTranscriptVirtualizer(input: TranscriptVirtualizerInput): TranscriptVirtualizer {
  const { sessionKey, rows, newestOwnMessageId, scrollRef } = input;
  const place = useRef(readScrollPlace(sessionStorage, sessionKey));
  const virtualizer = useVirtualizer<HTMLDivElement, Element>({
    count: rows.length,
    getScrollElement: () => scrollRef.current,
    getItemKey: (index) => rows[index]?.key ?? index,
    estimateSize: (index) => estimatedHeight(rows[index]),
    overscan: 6,
    paddingStart: 16,
    paddingEnd: 24,
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: AT_END_PX,
    initialMeasurementsCache: [...(place.current?.measurements ?? [])],
    initialOffset: () => (place.current === null ? 0 : offsetAmong(place.current, rows, estimatedHeight)),
  });
  const start = useEffectEvent(() => {
    if (place.current === null) virtualizer.scrollToEnd();
  });
  useLayoutEffect(start, []);
  const toEnd = useEffectEvent(() => virtualizer.scrollToEnd());
  useEffect(() => {
    if (newestOwnMessageId !== null) toEnd();
  }, [newestOwnMessageId]);
  useOlderRows(virtualizer, input);
  useSavedPlace(virtualizer, sessionKey);
  useStillToggles(virtualizer, scrollRef);
  return virtualizer;
}

/** Asks for older messages when the view comes near the first row, again after each page. */
function useOlderRows(
  virtualizer: TranscriptVirtualizer,
  { rows, onNearStart, scrollRef }: TranscriptVirtualizerInput,
): void {
  const firstIndex = virtualizer.getVirtualItems()[0]?.index ?? 0;
  const rowsNearStart = firstIndex <= 2 ? rows.length : 0;
  const loadOlder = useEffectEvent(() => {
    const element = scrollRef.current;
    const isNear = element !== null && element.scrollTop < element.clientHeight * 2;
    if (isNear) onNearStart(); // not while the view is still on its way to the end
  });
  useEffect(() => {
    if (rowsNearStart > 0) loadOlder();
  }, [rowsNearStart]);
}

/** Keeps the place over a reload and while another chat is shown. */
function useSavedPlace(virtualizer: TranscriptVirtualizer, sessionKey: string): void {
  const save = useEffectEvent(() => {
    const isAtEnd = virtualizer.isAtEnd(AT_END_PX);
    const offset = virtualizer.scrollOffset ?? 0;
    const place = isAtEnd ? null : { offset, measurements: virtualizer.takeSnapshot() };
    saveScrollPlace(sessionStorage, sessionKey, { place });
  });
  useEffect(() => {
    const onPageHide = () => save();
    window.addEventListener('pagehide', onPageHide);
    return () => {
      window.removeEventListener('pagehide', onPageHide);
      save();
    };
  }, []);
}

/** Opening a card at the end must not push it out of sight: the end is not followed for that one change. */
function useStillToggles(
  virtualizer: TranscriptVirtualizer,
  scrollRef: RefObject<HTMLDivElement | null>,
): void {
  const hold = useEffectEvent((event: MouseEvent) => {
    const isToggle = event.target instanceof Element && event.target.closest('[aria-expanded]') !== null;
    // The next drawing of the transcript, which the change of height causes, sets the threshold again.
    if (isToggle) virtualizer.setOptions({ ...virtualizer.options, scrollEndThreshold: -1 });
  });
  useEffect(() => {
    const element = scrollRef.current;
    const onClick = (event: MouseEvent) => hold(event);
    element?.addEventListener('click', onClick, { capture: true });
    return () => element?.removeEventListener('click', onClick, { capture: true });
  }, [scrollRef]);
}
