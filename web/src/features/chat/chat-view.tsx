/** One chat: its transcript and the composer, with the states around them. */
import { useQueryClient } from '@tanstack/react-query';
import {
  type RefObject,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { failureText } from '../../api/api-error.ts';
import type { OutboxMessage } from '../../api/outbox.ts';
import { useHeldRunIds, useHistory, useOutbox, useSessions } from '../../api/queries.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { isActive, type RunState } from '../../api/run-state.ts';
import { useServices } from '../../api/services.ts';
import type { HistoryPage, SessionItem } from '../../api/types.ts';
import { useHotkeys } from '../../browser/hotkeys.ts';
import { ErrorState, Skeleton } from '../../ui/placeholder.tsx';
import { OfflineNotice } from '../connect-model/offline-notice.tsx';
import { Composer } from './composer.tsx';
import { LiveAnnouncer } from './live-announcer.tsx';
import { PlanBar } from './plan-bar.tsx';
import { ReadOnlyNote } from './read-only-note.tsx';
import { Transcript } from './transcript.tsx';
import { type TranscriptRow, transcriptRows } from './transcript-rows.ts';
import { useRestoredPlace } from './use-restored-place.ts';
import { Welcome } from './welcome.tsx';

export interface ChatViewProps {
  readonly sessionKey: string;
  /** What the server lists about the chat, `null` for one without a message. */
  readonly session: SessionItem | null;
  readonly inputRef: RefObject<HTMLTextAreaElement | null>;
}

/** Mount it with the session key as `key`. */
export function ChatView({ sessionKey, session, inputRef }: ChatViewProps) {
  const chat = useChat(sessionKey, session);
  const scrollRef = useRef<HTMLDivElement>(null);
  const stop = useStopRun(chat.activeRunId);
  useHotkeys({
    escape: () => void stop(),
    'g t': () => scrollRef.current?.scrollTo({ top: 0 }),
    'g b': () => scrollRef.current?.scrollTo({ top: scrollRef.current.scrollHeight }),
  });
  return (
    <>
      <ChatBody chat={chat} sessionKey={sessionKey} scrollRef={scrollRef} />
      {session?.plan_ready === true && session.chat_type === 'web' && chat.activeRunId === null && (
        <PlanBar onApprove={() => chat.send('approve')} onKeepPlanning={() => inputRef.current?.focus()} />
      )}
      {session !== null && session.chat_type !== 'web' ? (
        <ReadOnlyNote channel={session.chat_type} />
      ) : (
        <Composer
          sessionKey={sessionKey}
          isRunning={chat.activeRunId !== null}
          lastOwnText={chat.lastOwnText}
          onSend={chat.send}
          onStop={() => void stop()}
          inputRef={inputRef}
        />
      )}
      <LiveAnnouncer runId={chat.newestRunId} />
    </>
  );
}

interface ChatBodyProps {
  readonly chat: ReturnType<typeof useChat>;
  readonly sessionKey: string;
  readonly scrollRef: RefObject<HTMLDivElement | null>;
}

function ChatBody({ chat, sessionKey, scrollRef }: ChatBodyProps) {
  const { history, rows } = chat;
  if (chat.isLoading) {
    return (
      <div className="mx-auto w-full max-w-[46rem] flex-1 px-4 pt-8">
        <Skeleton label="Loading the transcript" widths={['w-2/3', 'w-full', 'w-5/6', 'w-1/2', 'w-3/4']} />
      </div>
    );
  }
  if (history.isError && history.data === undefined) {
    return (
      <div className="flex flex-1 items-center justify-center">
        <ErrorState message={failureText(history.error)} onRetry={() => void history.refetch()} />
      </div>
    );
  }
  if (rows.length === 0) return <Welcome onExample={chat.send} />;
  return (
    <>
      <OfflineNotice />
      <Transcript
        sessionKey={sessionKey}
        rows={rows}
        newestOwnMessageId={chat.newestOwnMessageId}
        onNearStart={() => {
          if (history.hasNextPage && !history.isFetchingNextPage) void history.fetchNextPage();
        }}
        scrollRef={scrollRef}
      />
    </>
  );
}

const NO_PAGES: readonly HistoryPage[] = [];

function useChat(sessionKey: string, session: SessionItem | null) {
  const { outbox } = useServices();
  const sessions = useSessions();
  const history = useHistory(sessionKey);
  const messages = useOutboxOf(sessionKey);
  const listedRunId = session?.active_run_id ?? null;
  useFollowing(sessionKey, listedRunId, session?.last_message_time ?? '');
  const rows = useRows(history.data?.pages ?? NO_PAGES, messages, listedRunId);
  const isNew = useIsNew(sessions.data !== undefined && session === null);
  const isRestoring = useRestoredPlace(sessionKey, history, rows);
  const isLoading = sessions.isPending || (history.isLoading && !isNew) || isRestoring;
  const ownTexts = rows.filter((row) => row.kind === 'user');
  const activeRunId = useActiveRunId(rows);
  return {
    history,
    isLoading,
    rows,
    activeRunId,
    newestRunId: activeRunId ?? rows.findLast((row) => row.kind === 'run')?.runId ?? null,
    lastOwnText: isLoading ? null : (ownTexts.at(-1)?.text ?? null),
    newestOwnMessageId: messages.at(-1)?.id ?? null,
    send: (text: string) => outbox.add(sessionKey, text),
  };
}

/** True from the moment the server did not list the chat: its first message must not be hidden while it loads. */
function useIsNew(isUnlisted: boolean): boolean {
  const [isNew, setNew] = useState(false);
  if (isUnlisted && !isNew) setNew(true);
  return isNew || isUnlisted;
}

function useOutboxOf(sessionKey: string): readonly OutboxMessage[] {
  const all = useOutbox();
  return useMemo(() => all.filter((message) => message.sessionKey === sessionKey), [all, sessionKey]);
}

/** Built anew only when messages or runs come or go, not with every word of a stream. */
function useRows(
  pages: readonly HistoryPage[],
  outbox: readonly OutboxMessage[],
  activeRunId: string | null,
): readonly TranscriptRow[] {
  const heldRunIds = useHeldRunIds();
  return useMemo(
    () => transcriptRows({ pages, outbox, heldRunIds, activeRunId, now: new Date() }),
    [pages, outbox, heldRunIds, activeRunId],
  );
}

/** The oldest run of the transcript that has not ended: the one that stopping means. */
function useActiveRunId(rows: readonly TranscriptRow[]): string | null {
  const { runs } = useServices();
  const findActive = useCallback(() => {
    const row = rows.find((item) => item.kind === 'run' && isActiveRun(runs.get(item.runId)));
    return row?.kind === 'run' ? row.runId : null;
  }, [rows, runs]);
  return useSyncExternalStore(runs.subscribe, findActive);
}

function isActiveRun(run: RunState | undefined): boolean {
  return run !== undefined && isActive(run);
}

/** Follows a run that the server lists, and reads the transcript again when somebody else wrote in it. */
function useFollowing(sessionKey: string, listedRunId: string | null, lastMessageTime: string): void {
  const { runs } = useServices();
  const queryClient = useQueryClient();
  useEffect(() => {
    if (listedRunId !== null) runs.follow(listedRunId);
  }, [runs, listedRunId]);
  const knownTime = useRef(lastMessageTime);
  useEffect(() => {
    const isNews =
      knownTime.current !== '' && lastMessageTime !== '' && knownTime.current !== lastMessageTime;
    if (isNews) {
      void queryClient.invalidateQueries({ queryKey: queryKeys.historyOf(sessionKey) });
    }
    knownTime.current = lastMessageTime;
  }, [queryClient, sessionKey, lastMessageTime]);
}

function useStopRun(runId: string | null): () => Promise<void> {
  const { client } = useServices();
  return async () => {
    if (runId === null) return;
    await client.abortRun(runId).catch(() => {
      // The run's own stream tells how it went on; a run that ended meanwhile needs no stop.
    });
  };
}
