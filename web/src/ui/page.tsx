/** The frame of an operator's page: a heading that has the focus when the page opens, sections, and lists of rows. */
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { classNames } from './class-names.ts';

export interface PageProps {
  readonly title: string;
  /** What the page is for, in a sentence. */
  readonly description: string;
  readonly children: ReactNode;
}

export function Page({ title, description, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    // Positioned, so that what is hidden for screen readers scrolls with it instead of making the document taller.
    <div className="relative min-h-0 flex-1 scroll-pt-16 scroll-pb-32 overflow-y-auto">
      <div className="mx-auto flex w-full max-w-4xl flex-col gap-8 px-4 py-6 md:px-8">
        <header className="flex flex-col gap-1">
          <h2 ref={heading} tabIndex={-1} className="font-semibold text-lg outline-none">
            {title}
          </h2>
          <p className="text-muted">{description}</p>
        </header>
        {children}
      </div>
    </div>
  );
}

export interface SectionProps {
  readonly title: string;
  readonly description?: ReactNode;
  readonly action?: ReactNode;
  readonly children: ReactNode;
}

export function Section({ title, description, action, children }: SectionProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="flex flex-col gap-3">
      <div className="flex flex-wrap items-end justify-between gap-2">
        <div className="min-w-0">
          <h3 id={id} className="font-medium">
            {title}
          </h3>
          {description !== undefined && <p className="text-muted text-xs">{description}</p>}
        </div>
        {action}
      </div>
      {children}
    </section>
  );
}

/** A bordered list; give it `Row`s. */
export function Rows({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <ul aria-label={label} className="divide-y divide-line rounded-md border border-line">
      {children}
    </ul>
  );
}

export interface RowProps {
  readonly title: ReactNode;
  /** Short facts below the title. */
  readonly facts?: readonly ReactNode[];
  readonly actions?: ReactNode;
  readonly children?: ReactNode;
}

export function Row({ title, facts = [], actions, children }: RowProps) {
  return (
    <li className="flex flex-col gap-2 px-3 py-2.5">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <div className="min-w-0 flex-1 basis-60">
          <div className="[overflow-wrap:anywhere]">{title}</div>
          {facts.length > 0 && (
            <div className="flex flex-wrap gap-x-3 text-muted text-xs tabular-nums">
              {facts.map((fact, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the facts of a row never change places
                <span key={index} className="[overflow-wrap:anywhere]">
                  {fact}
                </span>
              ))}
            </div>
          )}
        </div>
        {actions !== undefined && <div className="flex shrink-0 gap-2">{actions}</div>}
      </div>
      {children}
    </li>
  );
}

const BADGE_TONES = {
  neutral: 'bg-raised text-muted',
  good: 'bg-accent-soft text-accent',
  warning: 'bg-warning-soft text-warning',
  danger: 'bg-danger-soft text-danger',
} as const;

export type BadgeTone = keyof typeof BADGE_TONES;

export function Badge({
  tone = 'neutral',
  children,
}: {
  readonly tone?: BadgeTone;
  readonly children: ReactNode;
}) {
  return (
    <span
      className={classNames(
        'inline-block shrink-0 whitespace-nowrap rounded px-1.5 py-0.5 font-medium text-xs',
        BADGE_TONES[tone],
      )}
    >
      {children}
    </span>
  );
}
