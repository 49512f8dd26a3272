/**
 * One tool call: a line with what matters, and on request its arguments, output and changes. While it runs the
 * newest lines of its output are shown without asking.
 */
import { Check, ChevronRight, CircleAlert, CircleSlash, LoaderCircle, Pause } from 'lucide-react';
import type { ToolCall } from '../../api/run-state.ts';
import { useStoredToggle } from '../../browser/stored-state.ts';
import { AnsiText } from '../../ui/ansi/ansi-text.tsx';
import { classNames } from '../../ui/class-names.ts';
import { formatBytes, formatDuration } from '../../ui/format.ts';
import { ApprovalPanel } from './approval-panel.tsx';
import { ToolDetails } from './tool-details.tsx';
import { ToolIcon } from './tool-icon.tsx';

const LIVE_LINES = 8;

export interface ToolCardProps {
  readonly runId: string;
  readonly tool: ToolCall;
}

export function ToolCard({ runId, tool }: ToolCardProps) {
  const [isOpen, setOpen] = useStoredToggle(`microclaw_open:${runId}:${tool.toolUseId}`);
  const liveTail = tool.state === 'running' ? tail(tool.liveOutput, LIVE_LINES) : '';
  return (
    <div
      data-tool-card={tool.name}
      className={classNames(
        'overflow-hidden rounded-md border bg-surface',
        tool.state === 'failed' && 'border-danger/50',
        tool.approval !== null && 'border-warning',
        tool.state !== 'failed' && tool.approval === null && 'border-line',
      )}
    >
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        className="flex h-9 w-full items-center gap-2 px-2.5 text-left hover:bg-raised coarse:h-11"
      >
        <ChevronRight
          size={14}
          aria-hidden="true"
          className={classNames('text-faint transition-transform', isOpen && 'rotate-90')}
        />
        <ToolIcon name={tool.name} />
        <span className="shrink-0 font-medium font-mono text-mono">{tool.name}</span>
        <span className="min-w-0 flex-1 truncate font-mono text-mono text-muted">{tool.summary}</span>
        <ToolFacts tool={tool} />
        <ToolStateMark tool={tool} />
      </button>
      {!isOpen && tool.state === 'failed' && <FailureLine tool={tool} />}
      {!isOpen && liveTail !== '' && (
        <pre className="overflow-hidden border-line border-t px-3 py-2 font-mono text-mono text-muted">
          <AnsiText text={liveTail} />
        </pre>
      )}
      {tool.approval !== null && (
        <ApprovalPanel key={tool.approval.approvalId} tool={tool.name} question={tool.approval} />
      )}
      {isOpen && <ToolDetails tool={tool} />}
    </div>
  );
}

function ToolFacts({ tool }: { readonly tool: ToolCall }) {
  const facts = [
    tool.diffs.length > 0 && changedLines(tool),
    tool.diffs.length === 0 && tool.bytes !== null && tool.bytes > 0 && formatBytes(tool.bytes),
    tool.durationMs !== null && formatDuration(tool.durationMs),
  ].filter((fact) => fact !== false);
  return (
    <span className="flex shrink-0 gap-3 text-faint text-xs tabular-nums max-sm:hidden">
      {facts.map((fact) => (
        <span key={fact}>{fact}</span>
      ))}
    </span>
  );
}

function changedLines(tool: ToolCall): string {
  const added = tool.diffs.reduce((sum, diff) => sum + diff.added, 0);
  const removed = tool.diffs.reduce((sum, diff) => sum + diff.removed, 0);
  return `+${added} −${removed}`;
}

function ToolStateMark({ tool }: { readonly tool: ToolCall }) {
  if (tool.approval !== null)
    return <Pause size={16} aria-label="waiting for approval" className="text-warning" />;
  switch (tool.state) {
    case 'running':
      return <LoaderCircle size={16} aria-label="running" className="animate-spin text-accent" />;
    case 'done':
      return <Check size={16} aria-label="done" className="text-accent" />;
    case 'failed':
      return <CircleAlert size={16} aria-label="failed" className="text-danger" />;
    case 'interrupted':
      return <CircleSlash size={16} aria-label="not finished" className="text-warning" />;
    default:
      tool.state satisfies never;
      return null;
  }
}

function FailureLine({ tool }: { readonly tool: ToolCall }) {
  const firstLine = (tool.output ?? '').trim().split('\n', 1)[0] ?? '';
  return (
    <p className="truncate border-danger/30 border-t bg-danger-soft px-3 py-1.5 text-xs">
      {firstLine || 'It failed without a message.'}
    </p>
  );
}

/** The last lines of a text that still grows, without a trailing empty one. */
function tail(text: string, lines: number): string {
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}
