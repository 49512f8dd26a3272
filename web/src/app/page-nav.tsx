/** The way to the operator's pages, below the chats. */
import type { MouseEvent } from 'react';
import { useSessions } from '../api/queries.ts';
import { formatLocation, openPage, type PageName, pageLocation } from '../browser/console-location.ts';
import { classNames } from '../ui/class-names.ts';
import { PAGES } from './pages.tsx';

export interface PageNavProps {
  readonly current: PageName | null;
  /** A page was chosen; a drawer closes then. */
  readonly onOpen: () => void;
}

export function PageNav({ current, onOpen }: PageNavProps) {
  const waiting = useSessions().data?.filter((item) => item.waiting_approval).length ?? 0;
  const open = (event: MouseEvent, page: PageName) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return; // a new tab or window, as for every link
    event.preventDefault();
    openPage(page);
    onOpen();
  };
  return (
    <nav aria-label="Pages" className="shrink-0 border-line border-t p-2">
      <ul>
        {PAGES.map(({ name, title, icon: Icon }) => (
          <li key={name}>
            <a
              href={formatLocation(pageLocation(name))}
              aria-current={current === name ? 'page' : undefined}
              onClick={(event) => open(event, name)}
              className={classNames(
                'flex h-8 items-center gap-2 rounded-md px-2 coarse:h-10',
                current === name ? 'bg-hover font-medium' : 'text-muted hover:bg-raised hover:text-text',
              )}
            >
              <Icon size={16} strokeWidth={1.5} aria-hidden="true" />
              {title}
              {name === 'approvals' && waiting > 0 && (
                <span className="ml-auto rounded bg-warning-soft px-1.5 font-medium text-warning text-xs tabular-nums">
                  {waiting}
                  <span className="sr-only"> waiting</span>
                </span>
              )}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
