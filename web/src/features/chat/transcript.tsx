/**
 * The scrolling transcript. Only the rows near the view exist in the page.
 * How the view moves is decided in `use-transcript-virtualizer.ts`.
 */
import type { VirtualItem } from '@tanstack/react-virtual';
import { ArrowDown } from 'lucide-react';
import { scrollRegion } from '../../ui/scroll-region.ts';
import { TranscriptRowView } from './transcript-row-view.tsx';
import type { TranscriptRow } from './transcript-rows.ts';
import {
  AT_END_PX,
  type TranscriptVirtualizerInput,
  useTranscriptVirtualizer,
} from './use-transcript-virtualizer.ts';

export function Transcript(props: TranscriptVirtualizerInput) {
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
