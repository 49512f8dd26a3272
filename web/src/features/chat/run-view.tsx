/** One run of the agent: what it thought, did and said, in order, and how it ended. */
import { CornerDownRight, Info } from 'lucide-react';
import { memo } from 'react';
import { useRun } from '../../api/queries.ts';
import { isActive, type RunState, type Segment } from '../../api/run-state.ts';
import { Markdown } from '../../ui/markdown/markdown.tsx';
import { Notice } from '../../ui/notice.tsx';
import { RunFooter } from './run-footer.tsx';
import { ThinkingBlock } from './thinking-block.tsx';
import { ToolCard } from './tool-card.tsx';

export interface RunViewProps {
  readonly runId: string;
  /** From the transcript; the stream wins while the run is followed. */
  readonly stored: RunState | null;
  readonly answeredAtMs: number | null;
}

export const RunView = memo(function RunView({ runId, stored, answeredAtMs }: RunViewProps) {
  const followed = useRun(runId);
  const run = chooseState(followed, stored);
  if (run === null) return null;
  if (run.foldedInto !== null) return <FoldedNote />;
  return (
    <article
      aria-label="Answer"
      data-run={runId}
      className="flex flex-col gap-3 py-3 [&>[data-tool-card]+[data-tool-card]]:-mt-1.5"
    >
      {run.segments.map((segment, index) => (
        <SegmentView
          // biome-ignore lint/suspicious/noArrayIndexKey: segments are only ever appended
          key={index}
          run={run}
          segment={segment}
          id={`${runId}:${index}`}
          isLast={index === run.segments.length - 1}
        />
      ))}
      <RunEnding run={run} />
      <RunFooter run={run} answeredAtMs={answeredAtMs} />
    </article>
  );
});

/** A lost stream tells less than the transcript. */
function chooseState(followed: RunState | undefined, stored: RunState | null): RunState | null {
  if (followed === undefined) return stored;
  return followed.phase === 'lost' && stored !== null ? stored : followed;
}

interface SegmentViewProps {
  readonly run: RunState;
  readonly segment: Segment;
  readonly id: string;
  readonly isLast: boolean;
}

function SegmentView({ run, segment, id, isLast }: SegmentViewProps) {
  switch (segment.kind) {
    case 'text':
      return <Markdown text={segment.text} streaming={isLast && isActive(run)} />;
    case 'thinking':
      return <ThinkingBlock id={id} text={segment.text} durationMs={segment.durationMs} />;
    case 'tool': {
      const tool = run.tools[segment.toolUseId];
      return tool === undefined ? null : <ToolCard runId={run.runId} tool={tool} />;
    }
    case 'notice':
      return (
        <p className="flex items-start gap-2 text-faint text-xs">
          <Info size={14} aria-hidden="true" className="mt-px" />
          {segment.message}
        </p>
      );
    case 'injection':
      return (
        <p className="flex items-center gap-2 text-faint text-xs">
          <CornerDownRight size={14} aria-hidden="true" />
          {segment.count === 1
            ? 'Your message was read here'
            : `${segment.count} of your messages were read here`}
        </p>
      );
    default:
      segment satisfies never;
      return null;
  }
}

function RunEnding({ run }: { readonly run: RunState }) {
  if (run.phase === 'error' && run.failure !== null) {
    return (
      <Notice tone="danger">
        <p>{run.failure.message}</p>
        {run.failure.hint !== null && <p className="text-muted">{run.failure.hint}</p>}
        {run.failure.code !== null && <p className="mt-1 font-mono text-faint text-xs">{run.failure.code}</p>}
      </Notice>
    );
  }
  if (run.phase === 'aborted') return <p className="text-muted">Stopped.</p>;
  if (run.phase === 'lost') {
    return (
      <Notice tone="warning">
        The server no longer follows this run. The transcript has what was finished.
      </Notice>
    );
  }
  return null;
}

function FoldedNote() {
  return (
    <p className="flex items-center justify-end gap-1.5 pb-2 text-faint text-xs">
      <CornerDownRight size={14} aria-hidden="true" />
      Read by the answer above while it was being written
    </p>
  );
}
