/** The chats: search, groups, and the states before there are any. */
import { Search } from 'lucide-react';
import { type Ref, useEffect, useState } from 'react';
import { failureText } from '../../api/api-error.ts';
import { useSessions } from '../../api/queries.ts';
import { useServices } from '../../api/services.ts';
import type { SessionItem } from '../../api/types.ts';
import { isUnread, useSeenTimes } from '../../browser/seen-messages.ts';
import { EmptyState, ErrorState, Skeleton } from '../../ui/placeholder.tsx';
import { groupSessions, searchSessions } from './group-sessions.ts';
import { SessionRow } from './session-row.tsx';

export interface SessionListProps {
  readonly currentKey: string | null;
  /** A chat was chosen; a drawer closes then. */
  readonly onOpen: () => void;
  readonly searchRef: Ref<HTMLInputElement>;
}

export function SessionList({ currentKey, onOpen, searchRef }: SessionListProps) {
  const [search, setSearch] = useState('');
  const sessions = useSessions();
  return (
    <>
      <div className="relative px-2">
        <Search
          size={14}
          aria-hidden="true"
          className="absolute top-1/2 left-4 -translate-y-1/2 text-faint"
        />
        <input
          ref={searchRef}
          type="search"
          aria-label="Search chats"
          placeholder="Search chats"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          onKeyDown={(event) => {
            // Leaves the search; it must not stop the answer of the chat beside it.
            if (event.key !== 'Escape') return;
            event.stopPropagation();
            event.preventDefault();
            setSearch('');
            if (search === '') event.currentTarget.blur();
          }}
          className="h-8 w-full rounded-md bg-raised pr-2 pl-7 text-text coarse:h-10 coarse:text-base"
        />
      </div>
      <nav aria-label="Chats" className="min-h-0 flex-1 overflow-y-auto px-2 pb-2">
        {sessions.isPending && (
          <Skeleton label="Loading chats" widths={['w-3/4', 'w-1/2', 'w-2/3', 'w-1/2', 'w-3/5']} />
        )}
        {sessions.isError && sessions.data === undefined && (
          <ErrorState message={failureText(sessions.error)} onRetry={() => void sessions.refetch()} />
        )}
        {sessions.data !== undefined && (
          <Groups items={sessions.data} search={search} currentKey={currentKey} onOpen={onOpen} />
        )}
      </nav>
    </>
  );
}

interface GroupsProps {
  readonly items: readonly SessionItem[];
  readonly search: string;
  readonly currentKey: string | null;
  readonly onOpen: () => void;
}

function Groups({ items, search, currentKey, onOpen }: GroupsProps) {
  const { seen } = useServices();
  const times = useSeenTimes(seen);
  const current = items.find((item) => item.session_key === currentKey);
  useEffect(() => {
    if (current !== undefined) seen.markSeen(current);
  }, [seen, current]);
  if (items.length === 0) {
    return <EmptyState title="No chats yet">A chat appears here with its first message.</EmptyState>;
  }
  const found = searchSessions(items, search);
  if (found.length === 0) {
    return (
      <EmptyState title="Nothing found">No chat has these words in its name or newest message.</EmptyState>
    );
  }
  return groupSessions(found, new Date()).map((group) => (
    <section key={group.title} aria-label={group.title}>
      <h2 className="px-2 pt-3 pb-1 font-medium text-faint text-xs">{group.title}</h2>
      <ul className="flex flex-col gap-px">
        {group.items.map((item) => (
          <SessionRow
            key={item.session_key}
            item={item}
            isCurrent={item.session_key === currentKey}
            isUnread={item.session_key !== currentKey && isUnread(item, times)}
            onOpen={onOpen}
          />
        ))}
      </ul>
    </section>
  ));
}
