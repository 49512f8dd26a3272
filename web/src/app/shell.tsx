/** The frame: chats on the left, one chat in the middle, the inspector on the right, and what floats above. */
import { lazy, type RefObject, Suspense, useRef, useState } from 'react';
import { useSessions } from '../api/queries.ts';
import { useServices } from '../api/services.ts';
import type { SessionItem } from '../api/types.ts';
import {
  type ConsoleLocation,
  newSessionKey,
  openSession,
  useConsoleLocation,
} from '../browser/console-location.ts';
import { useIsPhone } from '../browser/media-query.ts';
import { ChatView } from '../features/chat/chat-view.tsx';
import { ConnectModelDialog } from '../features/connect-model/connect-model-dialog.tsx';
import { titleOf, titleOfKey } from '../features/sessions/group-sessions.ts';
import { Dialog } from '../ui/dialog.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { InspectorPanel } from './inspector-panel.tsx';
import type { Overlay } from './overlay.ts';
import { PageView, titleOfPage } from './pages.tsx';
import { Sidebar } from './sidebar.tsx';
import { TopBar } from './top-bar.tsx';
import { useConsoleCommands } from './use-console-commands.ts';

const Palette = lazy(async () => ({ default: (await import('../features/palette/palette.tsx')).Palette }));
const ShortcutMap = lazy(async () => ({
  default: (await import('../features/palette/shortcut-map.tsx')).ShortcutMap,
}));

export function Shell() {
  const location = useConsoleLocation();
  const sessions = useSessions();
  const isPhone = useIsPhone();
  const [overlay, setOverlay] = useState<Overlay>('none');
  const inputRef = useRef<HTMLTextAreaElement>(null);
  const searchRef = useRef<HTMLInputElement>(null);
  const signOut = useSignOut();
  const chatKey = useChatKey(location);
  const session = sessions.data?.find((item) => item.session_key === location.sessionKey) ?? null;
  const chatTitle = session === null ? titleOfKey(location.sessionKey) : titleOf(session);
  const title = location.page === null ? chatTitle : titleOfPage(location.page);
  const shown = location.page === null ? session : null;
  const newChat = () => {
    setOverlay('none');
    openSession(newSessionKey(new Date()));
    requestAnimationFrame(() => inputRef.current?.focus());
  };
  const commands = useConsoleCommands({
    location,
    chatKey,
    sessions: sessions.data ?? [],
    newChat,
    setOverlay,
    signOut,
    inputRef,
    searchRef,
  });
  const sidebar = (
    <Sidebar
      currentKey={location.page === null ? location.sessionKey : null}
      currentPage={location.page}
      onNewChat={newChat}
      onOpen={() => setOverlay('none')}
      searchRef={searchRef}
    />
  );
  return (
    <div className="flex h-dvh">
      <title>{`${titleMark(shown, sessions.data ?? [])}${title} · microclaw`}</title>
      {!isPhone && (
        <aside aria-label="Sidebar" className="w-64 shrink-0 border-line border-r">
          {sidebar}
        </aside>
      )}
      <main className="flex min-w-0 flex-1 flex-col">
        <TopBar
          title={title}
          session={shown}
          isPhone={isPhone}
          onShowChats={() => setOverlay('chats')}
          onNewChat={newChat}
          onPalette={() => setOverlay('palette')}
          onShortcuts={() => setOverlay('shortcuts')}
          onConnectModel={() => setOverlay('connect-model')}
          onSignOut={signOut}
        />
        {location.page === null ? (
          <Chat sessionKey={location.sessionKey} session={session} inputRef={inputRef} />
        ) : (
          <PageView key={location.page} name={location.page} />
        )}
      </main>
      {location.runId !== null && <InspectorPanel sessionKey={location.sessionKey} runId={location.runId} />}
      <Suspense>
        {isPhone && overlay === 'chats' && (
          <Dialog title="Chats" hideTitle shape="drawer" onClose={() => setOverlay('none')}>
            {sidebar}
          </Dialog>
        )}
        {overlay === 'palette' && <Palette commands={commands} onClose={() => setOverlay('none')} />}
        {overlay === 'shortcuts' && <ShortcutMap onClose={() => setOverlay('none')} />}
        {overlay === 'connect-model' && <ConnectModelDialog onClose={() => setOverlay('none')} />}
      </Suspense>
    </div>
  );
}

/** The way back from the pages of the operator leads to the chat they were opened from. */
function useChatKey({ page, sessionKey }: ConsoleLocation): string {
  const [chatKey, setChatKey] = useState(sessionKey);
  if (page === null && sessionKey !== chatKey) setChatKey(sessionKey);
  return chatKey;
}

/** What the title of the page says first: that somebody has to decide, or that this chat is working. */
function titleMark(session: SessionItem | null, all: readonly SessionItem[]): string {
  const waiting = all.filter((item) => item.waiting_approval).length;
  if (waiting > 0) return `(${waiting}) Approve: `;
  return session?.active_run_id == null ? '' : '● ';
}

interface ChatProps {
  readonly sessionKey: string;
  readonly session: SessionItem | null;
  readonly inputRef: RefObject<HTMLTextAreaElement | null>;
}

function Chat({ sessionKey, session, inputRef }: ChatProps) {
  return (
    <>
      <ConnectionBanner />
      <ChatView key={sessionKey} sessionKey={sessionKey} session={session} inputRef={inputRef} />
    </>
  );
}

/** Ends the login and starts the page anew, so that nothing of the session stays in memory. */
function useSignOut(): () => void {
  const { client } = useServices();
  return () => {
    void client.logout().finally(() => {
      sessionStorage.clear();
      window.location.replace('/');
    });
  };
}
