/**
 * What stands where content is missing: a skeleton while it loads, a lesson when there is none, a retry when it failed.
 */
import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import { classNames } from './class-names.ts';

/** Grey bars of the given widths (CSS classes), named for screen readers. */
export function Skeleton({ label, widths }: { readonly label: string; readonly widths: readonly string[] }) {
  return (
    <div role="status" aria-label={label} className="flex flex-col gap-3 p-3">
      {widths.map((width, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the bars never change places
        <div key={index} className={classNames('h-4 rounded bg-raised animate-pulse-soft', width)} />
      ))}
    </div>
  );
}

export function EmptyState({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div className="flex flex-col gap-1 px-3 py-6 text-center">
      <p className="font-medium">{title}</p>
      <div className="text-muted text-xs">{children}</div>
    </div>
  );
}

export function ErrorState({ message, onRetry }: { readonly message: string; readonly onRetry: () => void }) {
  return (
    <div role="alert" className="flex flex-col items-center gap-3 px-3 py-6 text-center">
      <p className="text-muted">{message}</p>
      <Button onClick={onRetry}>Try again</Button>
    </div>
  );
}
