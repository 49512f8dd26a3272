/** In the top line while the chat plans: that it does, and the way out where messages can be sent. */
import { ClipboardList, X } from 'lucide-react';
import { useServices } from '../../api/services.ts';
import type { SessionItem } from '../../api/types.ts';
import { IconButton } from '../../ui/button.tsx';
import { classNames } from '../../ui/class-names.ts';

export interface PlanBadgeProps {
  readonly session: SessionItem;
}

export function PlanBadge({ session }: PlanBadgeProps) {
  const { outbox } = useServices();
  if (!session.plan_mode) return null;
  const canWrite = session.chat_type === 'web';
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset groups fields of a form, and here are none
    <span
      role="group"
      aria-label="Plan mode"
      title="Looks and plans; changes nothing."
      className={classNames(
        'flex h-8 shrink-0 items-center gap-1.5 rounded-md border border-line pl-2 text-text coarse:h-10',
        !canWrite && 'pr-2',
      )}
    >
      <ClipboardList size={16} aria-hidden="true" className="text-muted" />
      <span className="max-sm:sr-only">Plan mode</span>
      {canWrite && (
        <IconButton
          label="Leave plan mode"
          icon={<X size={16} />}
          onClick={() => outbox.add(session.session_key, '/plan off')}
        />
      )}
    </span>
  );
}
