/** Says plainly that no language model answers, as long as that is so. */
import { Unplug } from 'lucide-react';
import { useState } from 'react';
import { useRuntime } from '../../api/queries.ts';
import { ConnectModelDialog } from './connect-model-dialog.tsx';

export function OfflineNotice() {
  const runtime = useRuntime();
  const [isOpen, setOpen] = useState(false);
  if (runtime.data?.model.offline !== true) return null;
  return (
    <div
      role="status"
      className="flex shrink-0 items-center justify-center gap-2 bg-warning-soft px-4 py-1.5 text-xs coarse:py-2.5"
    >
      <Unplug size={14} aria-hidden="true" className="text-warning" />
      <span>
        No language model is connected:{' '}
        <span className="max-sm:hidden">the offline provider follows simple commands. </span>
        <button type="button" onClick={() => setOpen(true)} className="rounded underline underline-offset-2">
          Connect a model
        </button>
      </span>
      {isOpen && <ConnectModelDialog onClose={() => setOpen(false)} />}
    </div>
  );
}
