/** What the model thought, folded away; while it thinks, the newest words are shown. */
import { Brain, ChevronRight } from 'lucide-react';
import { useStoredToggle } from '../../browser/stored-state.ts';
import { classNames } from '../../ui/class-names.ts';
import { formatDuration } from '../../ui/format.ts';

export interface ThinkingBlockProps {
  /** Unique within the tab; the open state is kept under it. */
  readonly id: string;
  readonly text: string;
  /** `null` while the model thinks. */
  readonly durationMs: number | null;
}

export function ThinkingBlock({ id, text, durationMs }: ThinkingBlockProps) {
  const [isOpen, setOpen] = useStoredToggle(`microclaw_open:${id}`);
  const label = durationMs === null ? 'Thinking…' : `Thought for ${formatDuration(durationMs)}`;
  return (
    <div className="text-muted">
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        className="flex h-7 items-center gap-1.5 rounded-md pr-2 text-faint hover:text-text coarse:h-10"
      >
        <ChevronRight
          size={14}
          aria-hidden="true"
          className={classNames('transition-transform', isOpen && 'rotate-90')}
        />
        <Brain size={14} strokeWidth={1.5} aria-hidden="true" />
        <span className={classNames(durationMs === null && 'animate-pulse-soft')}>{label}</span>
      </button>
      {isOpen && (
        <p className="ml-1.5 whitespace-pre-wrap border-line border-l py-1 pl-4 [overflow-wrap:anywhere] [unicode-bidi:plaintext]">
          {text.trim()}
        </p>
      )}
      {!isOpen && durationMs === null && (
        <p className="ml-1.5 truncate border-line border-l pl-4 text-faint text-xs">{lastLine(text)}</p>
      )}
    </div>
  );
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
