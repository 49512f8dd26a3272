/** Above the composer while a plan waits, so that it cannot scroll away: the two ways on from it. */
import { ClipboardList } from 'lucide-react';
import { Button } from '../../ui/button.tsx';

export interface PlanBarProps {
  readonly onApprove: () => void;
  /** To write what is to be changed. */
  readonly onKeepPlanning: () => void;
}

export function PlanBar({ onApprove, onKeepPlanning }: PlanBarProps) {
  return (
    <section
      aria-label="Plan"
      className="mx-auto mb-2 flex w-full max-w-[44rem] flex-wrap items-center gap-x-2 gap-y-1.5 rounded-md border border-line px-3 py-1.5 text-muted max-sm:mx-2 max-sm:w-auto"
    >
      <ClipboardList size={16} aria-hidden="true" className="shrink-0" />
      <p className="min-w-48 flex-1">
        <span className="font-medium text-text">The plan waits.</span> Approve it, or say what to change.
      </p>
      <span className="flex gap-2">
        <Button tone="ghost" onClick={onKeepPlanning}>
          Keep planning
        </Button>
        <Button tone="primary" onClick={onApprove}>
          Approve plan
        </Button>
      </span>
    </section>
  );
}
