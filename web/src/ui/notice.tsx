/** A short message in the flow of the page, with what can be done about it. */
import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';

export type NoticeTone = 'info' | 'success' | 'warning' | 'danger';

const TONES = {
  info: { icon: Info, box: 'bg-info-soft', mark: 'text-info' },
  success: { icon: CircleCheck, box: 'bg-accent-soft', mark: 'text-accent' },
  warning: { icon: TriangleAlert, box: 'bg-warning-soft', mark: 'text-warning' },
  danger: { icon: CircleAlert, box: 'bg-danger-soft', mark: 'text-danger' },
} as const;

export interface NoticeProps {
  readonly tone: NoticeTone;
  readonly children: ReactNode;
  readonly action?: ReactNode;
  readonly className?: string;
  /** Part of the page rather than news: not announced. */
  readonly isQuiet?: boolean;
}

/** A `danger` notice is announced at once, the others politely. */
export function Notice({ tone, children, action, className, isQuiet = false }: NoticeProps) {
  const { icon: Icon, box, mark } = TONES[tone];
  const role = tone === 'danger' ? 'alert' : 'status';
  return (
    <div
      role={isQuiet ? undefined : role}
      className={classNames(
        'flex flex-wrap items-start gap-2 rounded-md px-3 py-2 text-text',
        box,
        className,
      )}
    >
      <Icon size={16} aria-hidden="true" className={classNames('mt-0.5', mark)} />
      <div className="min-w-0 flex-1 basis-48 [overflow-wrap:anywhere]">{children}</div>
      {action}
    </div>
  );
}
