/** A quiet line while the server cannot be reached; it goes by itself. */
import { WifiOff } from 'lucide-react';
import { useHealth, useIsReconnecting, useOutbox } from '../api/queries.ts';
import { useServices } from '../api/services.ts';

export function ConnectionBanner() {
  const { retryNow } = useServices();
  const health = useHealth();
  const isReconnecting = useIsReconnecting();
  const isWaiting = useOutbox().some((message) => message.state === 'waiting');
  if (!isReconnecting && !isWaiting && !health.isError) return null;
  const retry = () => {
    retryNow();
    void health.refetch();
  };
  return (
    <div role="status" className="flex items-center justify-center gap-2 bg-warning-soft px-4 py-1.5 text-xs">
      <WifiOff size={14} aria-hidden="true" className="text-warning" />
      <span>Connection lost. Nothing is lost: the page goes on by itself.</span>
      <button type="button" onClick={retry} className="rounded underline underline-offset-2">
        Try now
      </button>
    </div>
  );
}
