/** Everything about one run: state, timeline, tokens, cost, context, and the raw data on demand. */
import { Copy, Link as LinkIcon } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useHistory, useRun } from '../../api/queries.ts';
import { runFromHistory } from '../../api/run-from-history.ts';
import { isActive, type RunState, totalsOf } from '../../api/run-state.ts';
import { formatLocation } from '../../browser/console-location.ts';
import { copyText } from '../../browser/copy-text.ts';
import { useNow } from '../../browser/now.ts';
import { Button } from '../../ui/button.tsx';
import { classNames } from '../../ui/class-names.ts';
import { formatCost, formatCount, formatDuration } from '../../ui/format.ts';
import { CodeBlock } from '../../ui/markdown/code-block.tsx';
import { EmptyState, Skeleton } from '../../ui/placeholder.tsx';
import { runTimeline, type TimelineStep } from './run-timeline.ts';

export interface InspectorProps {
  readonly sessionKey: string;
  readonly runId: string;
}

export function Inspector({ sessionKey, runId }: InspectorProps) {
  const { run, isLoading } = useInspectedRun(sessionKey, runId);
  if (isLoading) return <Skeleton label="Loading the run" widths={['w-1/2', 'w-full', 'w-3/4']} />;
  if (run === null) {
    return (
      <EmptyState title="Run not found">
        It is older than the part of the transcript that is loaded.
      </EmptyState>
    );
  }
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-5 overflow-y-auto p-4">
      <RunHead run={run} sessionKey={sessionKey} />
      <Totals run={run} />
      <Timeline run={run} />
      <RawData run={run} />
    </div>
  );
}

/** The followed run, else what the transcript has of it. */
function useInspectedRun(sessionKey: string, runId: string) {
  const followed = useRun(runId);
  const history = useHistory(sessionKey);
  if (followed !== undefined && followed.phase !== 'lost') return { run: followed, isLoading: false };
  const pages = history.data?.pages ?? [];
  const messages = pages.toReversed().flatMap((page) => page.messages);
  const answers = messages.filter((message) => message.run_id === runId && message.is_from_bot);
  const toolCalls = pages.flatMap((page) => page.tool_calls).filter((call) => call.run_id === runId);
  const isKnown = answers.length > 0 || toolCalls.length > 0;
  const ending = pages.flatMap((page) => page.runs).find((run) => run.run_id === runId);
  const run = isKnown ? runFromHistory(runId, toolCalls, answers, ending) : null;
  return { run, isLoading: history.isPending };
}

const PHASES: Readonly<Record<RunState['phase'], string>> = {
  queued: 'Waiting for its turn',
  running: 'Running',
  done: 'Done',
  error: 'Failed',
  aborted: 'Stopped',
  lost: 'Unknown',
};

function RunHead({ run, sessionKey }: { readonly run: RunState; readonly sessionKey: string }) {
  const copy = (text: string) => void copyText(text); // the id and the link can be selected by hand too
  const link = () => window.location.origin + formatLocation({ page: null, sessionKey, runId: run.runId });
  return (
    <section className="flex flex-col gap-2">
      <p className="flex items-center gap-2">
        <span
          className={classNames('size-2 rounded-full', run.phase === 'error' ? 'bg-danger' : 'bg-accent')}
        />
        <span className="font-medium">{PHASES[run.phase]}</span>
      </p>
      <p className="break-all font-mono text-faint text-xs">{run.runId}</p>
      {run.failure !== null && <p className="text-danger">{run.failure.message}</p>}
      <div className="flex gap-2">
        <Button onClick={() => copy(run.runId)}>
          <Copy size={14} aria-hidden="true" /> Copy id
        </Button>
        <Button onClick={() => copy(link())}>
          <LinkIcon size={14} aria-hidden="true" /> Copy link
        </Button>
      </div>
    </section>
  );
}

function Totals({ run }: { readonly run: RunState }) {
  const totals = totalsOf(run);
  if (run.modelCalls.length === 0) return null;
  return (
    <dl className="grid grid-cols-2 gap-x-4 gap-y-3 tabular-nums">
      <Fact name="Tokens in">{formatCount(totals.inputTokens)}</Fact>
      <Fact name="Tokens out">{formatCount(totals.outputTokens)}</Fact>
      <Fact name="From cache">{formatCount(totals.cacheReadTokens)}</Fact>
      <Fact name="Cost">{totals.costUsd === null ? 'no price set' : formatCost(totals.costUsd)}</Fact>
      {totals.contextPct !== null && (
        <div className="col-span-2">
          <dt className="text-faint text-xs">Context used</dt>
          <dd>
            {Math.round(totals.contextPct)} %
            <meter
              className="context-meter mt-1 h-1.5 w-full"
              min={0}
              max={100}
              value={totals.contextPct}
              aria-label="Context used, percent"
            />
          </dd>
        </div>
      )}
    </dl>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt className="text-faint text-xs">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Timeline({ run }: { readonly run: RunState }) {
  const now = useNow(isActive(run) ? 500 : 60_000);
  const steps = runTimeline(run, now);
  if (steps.length === 0) return null;
  return (
    <section className="flex flex-col gap-2">
      <h3 className="text-faint text-xs">Timeline</h3>
      <ol className="flex flex-col gap-2.5">
        {steps.map((step) => (
          <Step key={step.key} step={step} />
        ))}
      </ol>
    </section>
  );
}

function Step({ step }: { readonly step: TimelineStep }) {
  const colour = step.kind === 'model' ? 'bg-info' : 'bg-accent';
  return (
    <li className="flex flex-col gap-1">
      <div className="flex items-baseline gap-2">
        <span className={classNames('shrink-0', step.kind === 'tool' && 'font-mono text-mono')}>
          {step.name}
        </span>
        <span className="min-w-0 flex-1 truncate text-faint text-xs">{step.detail}</span>
        {step.durationMs !== null && (
          <span className="text-muted text-xs tabular-nums">{formatDuration(step.durationMs)}</span>
        )}
      </div>
      {step.span !== null && (
        <div className="relative h-1.5 rounded-full bg-raised">
          <div
            className={classNames('absolute h-full min-w-1 rounded-full', step.failed ? 'bg-danger' : colour)}
            style={{ left: percent(Math.min(step.span.start, 0.98)), width: percent(step.span.length) }}
          />
        </div>
      )}
    </li>
  );
}

function percent(fraction: number): string {
  return `${(Math.max(0, Math.min(1, fraction)) * 100).toFixed(2)}%`;
}

function RawData({ run }: { readonly run: RunState }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <section className="flex flex-col gap-2">
      <Button className="self-start" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {isOpen ? 'Hide raw data' : 'Show raw data'}
      </Button>
      {isOpen && <CodeBlock code={JSON.stringify(run, null, 2)} language="json" />}
    </section>
  );
}
