/** The health of the whole runtime in one dot and one word; a click shows the reasons. */
import { Popover } from 'radix-ui';
import { failureText } from '../../api/api-error.ts';
import { useHealth } from '../../api/queries.ts';
import { classNames } from '../../ui/class-names.ts';
import { type HealthLevel, type HealthReason, judgeHealth } from './judge-health.ts';

const DOTS: Readonly<Record<HealthLevel, string>> = {
  healthy: 'bg-accent',
  starting: 'bg-info',
  degraded: 'bg-warning',
  failing: 'bg-danger',
  unreachable: 'bg-danger',
  checking: 'bg-faint',
};

export function HealthBadge() {
  const health = useHealth();
  const { level, reasons } = judgeHealth(health.data, health.isError);
  return (
    <Popover.Root>
      <Popover.Trigger
        aria-label={`Runtime ${level}, show why`}
        className="flex h-8 items-center gap-1.5 rounded-md px-2 text-muted hover:bg-hover hover:text-text coarse:h-10"
      >
        <span className={classNames('size-2 rounded-full', DOTS[level])} />
        <span className="max-sm:sr-only">{level}</span>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="start"
          sideOffset={4}
          collisionPadding={8}
          aria-label="Runtime health"
          className="z-50 w-80 max-w-[calc(100vw-1rem)] rounded-md bg-floating p-3 text-text shadow-float animate-fade"
        >
          <h2 className="mb-2 font-semibold">Runtime {level}</h2>
          {health.isError && <p className="mb-2 text-muted">{failureText(health.error)}</p>}
          <Reasons reasons={reasons} />
          {health.data !== undefined && (
            <p className="mt-3 border-line border-t pt-2 text-faint text-xs">Version {health.data.version}</p>
          )}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Reasons({ reasons }: { readonly reasons: readonly HealthReason[] }) {
  if (reasons.length === 0) return <p className="text-muted">The server answers; no part reports trouble.</p>;
  return (
    <ul className="flex flex-col gap-1.5">
      {reasons.map((reason) => (
        <li key={reason.name} className="flex gap-2">
          <span className={classNames('mt-1.5 size-2 shrink-0 rounded-full', DOTS[reason.level])} />
          <span>
            <span className="font-medium">{reason.name}</span>{' '}
            <span className="text-muted">{reason.message}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}
