/** A message of a person, with its state while it is on its way. */
import { memo } from 'react';
import type { OutboxMessage } from '../../api/outbox.ts';
import { useServices } from '../../api/services.ts';
import { Button } from '../../ui/button.tsx';
import { classNames } from '../../ui/class-names.ts';
import { formatClock } from '../../ui/format.ts';

export interface UserMessageProps {
  readonly text: string;
  readonly senderName: string;
  readonly atMs: number;
  readonly pending: OutboxMessage | null;
}

/** Sender names of this console, which need no label. */
const OWN_NAMES: ReadonlySet<string> = new Set(['', 'web-user']);

export const UserMessage = memo(function UserMessage({ text, senderName, atMs, pending }: UserMessageProps) {
  const isOnItsWay = pending !== null && pending.state !== 'accepted';
  return (
    <article aria-label="Your message" className="group flex flex-col items-end gap-1 pt-4 pb-1">
      {!OWN_NAMES.has(senderName) && <span className="text-faint text-xs">{senderName}</span>}
      <div className="flex w-full flex-row-reverse items-end gap-2">
        <div
          className={classNames(
            'max-w-[85%] whitespace-pre-wrap rounded-lg bg-raised px-3.5 py-2 text-answer [overflow-wrap:anywhere] [unicode-bidi:plaintext]',
            isOnItsWay && 'opacity-70',
            pending?.state === 'refused' && 'border border-danger/60',
          )}
        >
          {text}
        </div>
        <time
          dateTime={new Date(atMs).toISOString()}
          className="pb-1 text-faint text-xs opacity-0 transition-opacity group-hover:opacity-100"
        >
          {formatClock(new Date(atMs))}
        </time>
      </div>
      {isOnItsWay && <Delivery message={pending} />}
    </article>
  );
});

function Delivery({ message }: { readonly message: OutboxMessage }) {
  const { outbox, retryNow } = useServices();
  if (message.state === 'refused') {
    return (
      <div role="alert" className="flex flex-wrap items-center justify-end gap-2 text-danger text-xs">
        <span>Not sent: {message.reason}</span>
        <Button onClick={() => outbox.retry(message.id)}>Send again</Button>
        <Button tone="ghost" onClick={() => outbox.discard(message.id)}>
          Discard
        </Button>
      </div>
    );
  }
  if (message.state === 'waiting') {
    return (
      <span role="status" className="flex items-center gap-2 text-warning text-xs">
        Kept; it is sent as soon as the server can take it
        <button type="button" className="rounded underline underline-offset-2" onClick={retryNow}>
          Try now
        </button>
      </span>
    );
  }
  return <span className="text-faint text-xs">Sending…</span>;
}
