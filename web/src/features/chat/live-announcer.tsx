/**
 * Reads a streamed answer to screen readers, paragraph by paragraph as each is complete, and the tool calls between.
 * Nothing stored is read: only what arrived while the page was open.
 */
import { useRun } from '../../api/queries.ts';
import { isActive, type RunState } from '../../api/run-state.ts';

export function LiveAnnouncer({ runId }: { readonly runId: string | null }) {
  const run = useRun(runId);
  return (
    <div role="log" aria-live="polite" aria-label="Answer as it arrives" className="sr-only">
      {run !== undefined && <Announcements key={run.runId} run={run} />}
    </div>
  );
}

function Announcements({ run }: { readonly run: RunState }) {
  const isEnded = !isActive(run);
  const lines = run.segments.flatMap((segment, index) => {
    if (segment.kind === 'tool') return [toolLine(run, segment.toolUseId)];
    if (segment.kind !== 'text') return [];
    const isComplete = isEnded || index < run.segments.length - 1;
    return completeParagraphs(segment.text, isComplete);
  });
  // biome-ignore lint/suspicious/noArrayIndexKey: lines are only ever appended
  return lines.map((line, index) => <p key={index}>{line}</p>);
}

function toolLine(run: RunState, toolUseId: string): string {
  const tool = run.tools[toolUseId];
  if (tool === undefined) return '';
  const question = tool.approval === null ? '' : ' waits for your approval';
  return `Tool ${tool.name} ${tool.summary}${question}`;
}

function completeParagraphs(text: string, isComplete: boolean): readonly string[] {
  const paragraphs = text.split(/\n{2,}/);
  return isComplete ? paragraphs : paragraphs.slice(0, -1);
}
