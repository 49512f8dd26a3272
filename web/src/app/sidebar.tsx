/** The left column: the way to a new chat, the list of all of them, and the operator's pages. */
import { SquarePen } from 'lucide-react';
import type { Ref } from 'react';
import type { PageName } from '../browser/console-location.ts';
import { SessionList } from '../features/sessions/session-list.tsx';
import { BrandMark } from '../ui/brand-mark.tsx';
import { IconButton } from '../ui/button.tsx';
import { PageNav } from './page-nav.tsx';

export interface SidebarProps {
  /** The chat that is shown, or `null` on a page. */
  readonly currentKey: string | null;
  readonly currentPage: PageName | null;
  readonly onNewChat: () => void;
  readonly onOpen: () => void;
  readonly searchRef: Ref<HTMLInputElement>;
}

export function Sidebar({ currentKey, currentPage, onNewChat, onOpen, searchRef }: SidebarProps) {
  return (
    <div className="flex h-full flex-col gap-2 bg-surface">
      <div className="flex h-12 shrink-0 items-center justify-between pr-2 pl-4">
        <span className="flex items-center gap-2 font-semibold">
          <BrandMark size={18} />
          microclaw
        </span>
        <IconButton label="New chat" keys="g n" icon={<SquarePen size={16} />} onClick={onNewChat} />
      </div>
      <SessionList currentKey={currentKey} onOpen={onOpen} searchRef={searchRef} />
      <PageNav current={currentPage} onOpen={onOpen} />
    </div>
  );
}
