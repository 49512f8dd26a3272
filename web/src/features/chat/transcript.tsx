/**
 * The scrolling transcript. Only the rows near the view exist in the page.
 *
 * Invariants: at the end it stays at the end while text grows; anywhere else nothing moves what is being read, not
 * growing text below and not older messages arriving above; the place survives a reload.
 */

import { useVirtualizer, type VirtualItem } from '@tanstack/react-virtual';
import { ArrowDown } from 'lucide-react';
import { type RefObject, useEffect, useEffectEvent, useLayoutEffect, useRef } from 'react';
import { scrollRegion } from '../../ui/scroll-region.ts';
import { readScrollPlace, saveScrollPlace } from './scroll-place.ts';
import { TranscriptRowView } from './transcript-row-view.tsx';
import type { TranscriptRow } from './transcript-rows.ts';

/** Closer to the end than this counts as reading the newest text. */
const AT_END_PX = 64;

const ESTIMATED_HEIGHT_PX: Readonly<Record<TranscriptRow['kind'], number>> = {
  day: 40,
  user: 76,
  run: 220,
  bot: 140,
};

export interface TranscriptProps {
  readonly sessionKey: string;
  readonly rows: readonly TranscriptRow[];
  /** Changes when the operator sends a message: the view goes to the end then. */
  readonly newestOwnMessageId: string | null;
  readonly onNearStart: () => void;
  readonly scrollRef: RefObject<HTMLDivElement | null>;
}

export function Transcript(props: TranscriptProps) {
  const { rows, scrollRef } = props;
  const virtualizer = useTranscriptVirtualizer(props);
  const items = virtualizer.getVirtualItems();
  const isAwayFromEnd = rows.length > 0 && virtualizer.getDistanceFromEnd() > AT_END_PX * 2;
  return (
    <div className="relative min-h-0 flex-1">
      <section
        ref={scrollRef}
        aria-label="Transcript"
        {...scrollRegion}
        className="h-full overflow-y-auto overscroll-contain outline-offset-[-2px] [overflow-anchor:none]"
      >
        <div className="relative mx-auto w-full max-w-[46rem]" style={{ height: virtualizer.getTotalSize() }}>
          {items.map((item) => (
            <MeasuredRow
              key={item.key}
              item={item}
              row={rows[item.index]}
              measure={virtualizer.measureElement}
            />
          ))}
        </div>
      </section>
      {isAwayFromEnd && (
        <button
          type="button"
          onClick={() => virtualizer.scrollToEnd()}
          className="absolute bottom-3 left-1/2 flex h-8 -translate-x-1/2 items-center gap-1.5 rounded-full bg-floating px-3 text-text shadow-float animate-rise hover:bg-hover coarse:h-10"
        >
          <ArrowDown size={14} aria-hidden="true" />
          Jump to latest
        </button>
      )}
    </div>
  );
}

interface MeasuredRowProps {
  readonly item: VirtualItem;
  readonly row: TranscriptRow | undefined;
  readonly measure: (element: Element | null) => void;
}

function MeasuredRow({ item, row, measure }: MeasuredRowProps) {
  if (row === undefined) return null;
  return (
    <div
      ref={measure}
      data-index={item.index}
      className="absolute top-0 left-0 w-full px-4"
      style={{ transform: `translateY(${item.start}px)` }}
    >
      <TranscriptRowView row={row} />
    </div>
  );
}

function useTranscriptVirtualizer({
  sessionKey,
  rows,
  newestOwnMessageId,
  onNearStart,
  scrollRef,
}: TranscriptProps) {
  const place = useRef(readScrollPlace(sessionStorage, sessionKey));
  const virtualizer = useVirtualizer<HTMLDivElement, Element>({
    count: rows.length,
    getScrollElement: () => scrollRef.current,
    getItemKey: (index) => rows[index]?.key ?? index,
    estimateSize: (index) => ESTIMATED_HEIGHT_PX[rows[index]?.kind ?? 'bot'],
    overscan: 6,
    paddingStart: 16,
    paddingEnd: 24,
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: AT_END_PX,
    initialMeasurementsCache: [...(place.current?.measurements ?? [])],
    initialOffset: place.current?.offset ?? 0,
  });
  const firstIndex = virtualizer.getVirtualItems()[0]?.index ?? 0;
  const isNearStart = firstIndex <= 2 && rows.length > 0;
  const loadOlder = useEffectEvent(onNearStart);
  useEffect(() => {
    if (isNearStart) loadOlder();
  }, [isNearStart]);
  const start = useEffectEvent(() => {
    if (place.current === null) virtualizer.scrollToEnd();
  });
  useLayoutEffect(start, []);
  const toEnd = useEffectEvent(() => virtualizer.scrollToEnd());
  useEffect(() => {
    if (newestOwnMessageId !== null) toEnd();
  }, [newestOwnMessageId]);
  const save = useEffectEvent(() => {
    const isAtEnd = virtualizer.isAtEnd(AT_END_PX);
    saveScrollPlace(sessionStorage, sessionKey, {
      place: isAtEnd
        ? null
        : { offset: virtualizer.scrollOffset ?? 0, measurements: virtualizer.takeSnapshot() },
    });
  });
  useEffect(() => {
    const onPageHide = () => save();
    window.addEventListener('pagehide', onPageHide);
    return () => {
      window.removeEventListener('pagehide', onPageHide);
      save();
    };
  }, []);
  return virtualizer;
}
