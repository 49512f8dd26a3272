/** Places the inspector: a column beside the chat, a sheet where there is no room. Its code loads on first use. */
import { X } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { inspectRun } from '../browser/console-location.ts';
import { useIsNarrow } from '../browser/media-query.ts';
import { IconButton } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Skeleton } from '../ui/placeholder.tsx';

const Inspector = lazy(async () => ({
  default: (await import('../features/inspector/inspector.tsx')).Inspector,
}));

export interface InspectorPanelProps {
  readonly sessionKey: string;
  readonly runId: string;
}

export function InspectorPanel({ sessionKey, runId }: InspectorPanelProps) {
  const isNarrow = useIsNarrow();
  const close = () => inspectRun(null);
  const content = (
    <Suspense fallback={<Skeleton label="Loading the inspector" widths={['w-1/2', 'w-full']} />}>
      <Inspector key={runId} sessionKey={sessionKey} runId={runId} />
    </Suspense>
  );
  if (isNarrow) {
    return (
      <Dialog title="Inspector" shape="sheet" onClose={close}>
        {content}
      </Dialog>
    );
  }
  return (
    <aside aria-label="Inspector" className="flex w-80 shrink-0 flex-col border-line border-l bg-surface">
      <header className="flex h-12 shrink-0 items-center justify-between border-line border-b pr-2 pl-4">
        <h2 className="font-medium">Inspector</h2>
        <IconButton label="Close the inspector" icon={<X size={16} />} onClick={close} />
      </header>
      {content}
    </aside>
  );
}
