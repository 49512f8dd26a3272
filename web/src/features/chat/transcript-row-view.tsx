/** Draws one row of the transcript. */
import { memo } from 'react';
import { Markdown } from '../../ui/markdown/markdown.tsx';
import { RunView } from './run-view.tsx';
import type { TranscriptRow } from './transcript-rows.ts';
import { UserMessage } from './user-message.tsx';

export const TranscriptRowView = memo(function TranscriptRowView({ row }: { readonly row: TranscriptRow }) {
  switch (row.kind) {
    case 'day':
      return (
        <h2 className="flex items-center gap-3 pt-4 pb-1 font-normal text-faint text-xs before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
          {row.label}
        </h2>
      );
    case 'user':
      return (
        <UserMessage text={row.text} senderName={row.senderName} atMs={row.atMs} pending={row.pending} />
      );
    case 'run':
      return <RunView runId={row.runId} stored={row.stored} answeredAtMs={row.answeredAtMs} />;
    case 'bot':
      return (
        <article aria-label="Message of the agent" className="py-3">
          <Markdown text={row.text} />
        </article>
      );
    default:
      row satisfies never;
      return null;
  }
});
