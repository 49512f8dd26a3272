/** What became of a change: which keys are in force, which wait for a restart. */
import { CircleCheck, X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { ConfigUpdateBody } from '../../api/types.ts';
import { IconButton } from '../../ui/button.tsx';

export interface SavedNoticeProps {
  readonly update: ConfigUpdateBody;
  readonly onClose: () => void;
}

/** Stands where the unsaved changes stood. */
export function SavedNotice({ update, onClose }: SavedNoticeProps) {
  const { applied, restart_required: waiting } = update;
  const section = useRef<HTMLElement>(null);
  // The button that had the focus is gone, and with the focus what is said here is read.
  useEffect(() => section.current?.focus({ preventScroll: true }), []);
  return (
    <section
      ref={section}
      tabIndex={-1}
      aria-label="Saved changes"
      role="status"
      className="sticky bottom-4 flex items-start gap-2 rounded-lg bg-floating p-3 shadow-float outline-none"
    >
      <CircleCheck size={16} aria-hidden="true" className="mt-2 text-accent" />
      <div className="min-w-0 flex-1 py-1.5">
        <p className="font-medium">Saved.</p>
        {applied.length > 0 && <KeyLine title="In force now" keys={applied} />}
        {waiting.length > 0 && <KeyLine title="In force after a restart" keys={waiting} />}
      </div>
      <IconButton label="Close" icon={<X size={16} />} onClick={onClose} />
    </section>
  );
}

function KeyLine({ title, keys }: { readonly title: string; readonly keys: readonly string[] }) {
  return (
    <p className="text-muted [overflow-wrap:anywhere]">
      {title}: <code className="font-mono text-mono text-text">{keys.join(', ')}</code>
    </p>
  );
}
