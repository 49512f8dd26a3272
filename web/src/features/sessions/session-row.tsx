/** One chat of the list: a link with its name, its newest words and whether an answer is being written. */
import { Ellipsis } from 'lucide-react';
import type { MouseEvent } from 'react';
import type { SessionItem } from '../../api/types.ts';
import { formatLocation, openSession } from '../../browser/console-location.ts';
import { IconButton } from '../../ui/button.tsx';
import { classNames } from '../../ui/class-names.ts';
import { ButtonMenu, ContextClickMenu } from '../../ui/menu.tsx';
import { titleOf } from './group-sessions.ts';
import { useSessionActions } from './session-actions.tsx';

export interface SessionRowProps {
  readonly item: SessionItem;
  readonly isCurrent: boolean;
  /** It has messages that were not looked at in this browser. */
  readonly isUnread: boolean;
  readonly onOpen: () => void;
}

export function SessionRow({ item, isCurrent, isUnread, onOpen }: SessionRowProps) {
  const { items, dialog } = useSessionActions(item);
  const title = titleOf(item);
  const isRunning = item.active_run_id != null;
  const open = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return; // a new tab or window, as for every link
    event.preventDefault();
    openSession(item.session_key);
    onOpen();
  };
  return (
    <li className="group relative">
      <ContextClickMenu items={items}>
        <a
          href={formatLocation({ page: null, sessionKey: item.session_key, runId: null })}
          aria-current={isCurrent ? 'page' : undefined}
          onClick={open}
          className={classNames(
            'flex flex-col rounded-md py-1.5 pr-9 pl-2 coarse:py-2',
            isCurrent ? 'bg-hover' : 'hover:bg-raised',
          )}
        >
          <span className="flex items-center gap-2">
            <span dir="auto" className={classNames('truncate', (isCurrent || isUnread) && 'font-medium')}>
              {title}
            </span>
            {isUnread && !isRunning && (
              <span className="ml-auto size-2 shrink-0 rounded-full bg-info">
                <span className="sr-only">new messages</span>
              </span>
            )}
            {item.waiting_approval && (
              <span className="ml-auto size-2 shrink-0 rounded-full bg-warning">
                <span className="sr-only">waits for your approval</span>
              </span>
            )}
            {isRunning && !item.waiting_approval && (
              <span className="ml-auto size-2 shrink-0 rounded-full bg-accent animate-pulse-soft">
                <span className="sr-only">answering</span>
              </span>
            )}
          </span>
          {item.last_message_preview !== null && (
            <span dir="auto" className="truncate text-left text-faint text-xs">
              {plainPreview(item.last_message_preview)}
            </span>
          )}
        </a>
      </ContextClickMenu>
      <div className="absolute top-1 right-0.5 opacity-0 focus-within:opacity-100 group-hover:opacity-100 has-data-[state=open]:opacity-100 coarse:opacity-100">
        <ButtonMenu
          trigger={
            <IconButton label={`Actions for ${title}`} icon={<Ellipsis size={16} />} className="!size-7" />
          }
          items={items}
        />
      </div>
      {dialog}
    </li>
  );
}

/** Markdown marks and line ends say nothing in one line. */
function plainPreview(preview: string): string {
  return preview
    .replace(/[*_`#>]+/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}
