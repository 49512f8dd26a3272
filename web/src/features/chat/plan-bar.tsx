/** Above the composer while the chat plans: what that means, and the two ways on. */
import { ClipboardList } from 'lucide-react';
import { Button } from '../../ui/button.tsx';

export interface PlanBarProps {
  /** A plan waits for approval. */
  readonly isReady: boolean;
  readonly onSend: (text: string) => void;
}

export function PlanBar({ isReady, onSend }: PlanBarProps) {
  return (
    <section
      aria-label="Plan mode"
      className="mx-auto mb-2 flex w-full max-w-[44rem] flex-wrap items-center gap-x-2 gap-y-1.5 rounded-md border border-line px-3 py-1.5 text-muted max-sm:mx-2 max-sm:w-auto"
    >
      <ClipboardList size={16} aria-hidden="true" className="shrink-0" />
      <p className="min-w-48 flex-1">
        <span className="font-medium text-text">Plan mode.</span>{' '}
        {isReady ? 'Approve the plan, or say what to change.' : 'Looks and plans; changes nothing.'}
      </p>
      <span className="flex gap-2">
        <Button tone="ghost" onClick={() => onSend('/plan off')}>
          Leave plan mode
        </Button>
        {isReady && (
          <Button tone="primary" onClick={() => onSend('approve')}>
            Approve plan
          </Button>
        )}
      </span>
    </section>
  );
}
