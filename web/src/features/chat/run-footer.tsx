/** Under a run: what it is doing and since when, or what it took, with the ways to copy and inspect it. */
import { PanelRight } from 'lucide-react';
import { answerText, isActive, type RunState, totalsOf } from '../../api/run-state.ts';
import { inspectRun } from '../../browser/console-location.ts';
import { useNow } from '../../browser/now.ts';
import { IconButton } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { formatClock, formatCost, formatCount, formatDuration } from '../../ui/format.ts';
import { activityOf } from './run-activity.ts';

export interface RunFooterProps {
  readonly run: RunState;
  readonly answeredAtMs: number | null;
}

export function RunFooter({ run, answeredAtMs }: RunFooterProps) {
  if (isActive(run)) return <ActiveFooter run={run} />;
  const text = answerText(run);
  return (
    <footer className="-ml-1.5 flex min-h-7 items-center gap-0.5 text-faint text-xs tabular-nums">
      {text !== '' && <CopyButton label="Copy answer" text={() => text} className="!size-7" />}
      <IconButton
        label="Details of this run"
        icon={<PanelRight size={14} />}
        className="!size-7"
        onClick={() => inspectRun(run.runId)}
      />
      <span className="ml-1.5 truncate">{factsOf(run, answeredAtMs).join(' · ')}</span>
    </footer>
  );
}

function factsOf(run: RunState, answeredAtMs: number | null): readonly string[] {
  const totals = totalsOf(run);
  const endedAtMs = run.endedAtMs ?? answeredAtMs;
  const tokens = totals.inputTokens + totals.outputTokens;
  return [
    endedAtMs === null ? null : formatClock(new Date(endedAtMs)),
    totals.model,
    run.startedAtMs === null || run.endedAtMs === null
      ? null
      : formatDuration(run.endedAtMs - run.startedAtMs),
    tokens === 0 ? null : `${formatCount(tokens)} tokens`,
    totals.costUsd === null ? null : formatCost(totals.costUsd),
  ].filter((fact) => fact !== null);
}

function ActiveFooter({ run }: { readonly run: RunState }) {
  const now = useNow(1_000);
  const elapsedMs = run.startedAtMs === null ? 0 : Math.max(0, now - run.startedAtMs);
  return (
    <footer className="flex min-h-7 items-center gap-2 text-faint text-xs tabular-nums">
      <span aria-hidden="true" className="size-2 rounded-full bg-accent animate-pulse-soft" />
      <span>{activityOf(run)}</span>
      {elapsedMs >= 1_000 && <span>{formatDuration(Math.floor(elapsedMs / 1_000) * 1_000)}</span>}
      <button
        type="button"
        onClick={() => inspectRun(run.runId)}
        className="rounded px-1 underline decoration-line-strong underline-offset-2 hover:text-text"
      >
        Details
      </button>
    </footer>
  );
}
