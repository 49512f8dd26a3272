/** What the pages read from the server, as hooks. How often each answer is refreshed is decided here only. */
import {
  type InfiniteData,
  type UseInfiniteQueryResult,
  type UseQueryResult,
  useInfiniteQuery,
  useQuery,
} from '@tanstack/react-query';
import { useCallback, useSyncExternalStore } from 'react';
import { ApiError } from './api-error.ts';
import type { OutboxMessage } from './outbox.ts';
import { queryKeys } from './query-keys.ts';
import type { RunState } from './run-state.ts';
import { useServices } from './services.ts';
import type { AuthStatus, Health, HistoryPage, RuntimeInfo, SessionItem } from './types.ts';

const SESSIONS_REFRESH_MS = 10_000;
const HEALTH_REFRESH_MS = 20_000;
const HISTORY_PAGE_SIZE = 100;

/** What `GET /api/sessions` returns at most. */
const SESSIONS_LISTED_MAX = 400;

/** Who is signed in; asked again when a call is answered with 401. */
export function useAuthStatus(): UseQueryResult<AuthStatus> {
  const { client } = useServices();
  return useQuery({
    queryKey: queryKeys.auth,
    queryFn: ({ signal }) => client.authStatus(signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The chats, newest first, with the run that is going on in each. */
export function useSessions(): UseQueryResult<readonly SessionItem[]> {
  const { client } = useServices();
  return useQuery({
    queryKey: queryKeys.sessions,
    queryFn: async ({ signal }) => (await client.sessions(signal)).sessions,
    refetchInterval: SESSIONS_REFRESH_MS,
  });
}

export function useHealth(): UseQueryResult<Health> {
  const { client } = useServices();
  return useQuery({
    queryKey: queryKeys.health,
    queryFn: ({ signal }) => client.health(signal),
    refetchInterval: HEALTH_REFRESH_MS,
    retry: false,
  });
}

export function useRuntime(): UseQueryResult<RuntimeInfo> {
  const { client } = useServices();
  return useQuery({
    queryKey: queryKeys.runtime,
    queryFn: ({ signal }) => client.runtime(signal),
    staleTime: 60_000,
  });
}

/**
 * The transcript in pages, the newest page first. A chat the server does not list yet is an empty one and is not asked
 * for; only when the list is full may a chat exist without being listed.
 */
export function useHistory(
  sessionKey: string,
): UseInfiniteQueryResult<InfiniteData<HistoryPage, number | undefined>> {
  const { client } = useServices();
  const sessions = useSessions();
  const isListed = sessions.data?.some((item) => item.session_key === sessionKey) ?? false;
  const isListFull = (sessions.data?.length ?? 0) >= SESSIONS_LISTED_MAX;
  return useInfiniteQuery({
    enabled: isListed || isListFull,
    queryKey: queryKeys.historyOf(sessionKey),
    initialPageParam: initialCursor,
    queryFn: async ({ pageParam, signal }) => {
      try {
        const before = pageParam === undefined ? {} : { before: pageParam };
        return await client.history({ sessionKey, limit: HISTORY_PAGE_SIZE, signal, ...before });
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return emptyPage(sessionKey);
        throw error;
      }
    },
    getNextPageParam: (page) => {
      return page.has_more ? page.messages[0]?.seq : undefined;
    },
  });
}

const initialCursor: number | undefined = undefined;

/** The transcript of a chat without messages. */
export function emptyHistory(sessionKey: string): InfiniteData<HistoryPage, number | undefined> {
  return { pages: [emptyPage(sessionKey)], pageParams: [initialCursor] };
}

function emptyPage(sessionKey: string): HistoryPage {
  return {
    ok: true,
    session_key: sessionKey,
    chat_id: 0,
    messages: [],
    runs: [],
    tool_calls: [],
    has_more: false,
  };
}

/** A followed run, redrawn as it changes; `undefined` when it is not followed. */
export function useRun(runId: string | null): RunState | undefined {
  const { runs } = useServices();
  const read = useCallback(() => (runId === null ? undefined : runs.get(runId)), [runs, runId]);
  return useSyncExternalStore(runs.subscribe, read);
}

/** The runs followed by this page. */
export function useHeldRunIds(): ReadonlySet<string> {
  const { runs } = useServices();
  return useSyncExternalStore(runs.subscribe, runs.heldRunIds);
}

/** True while a stream waits for its connection. */
export function useIsReconnecting(): boolean {
  const { runs } = useServices();
  return useSyncExternalStore(runs.subscribe, () => runs.isReconnecting());
}

/** Messages on their way, of every chat. */
export function useOutbox(): readonly OutboxMessage[] {
  const { outbox } = useServices();
  return useSyncExternalStore(outbox.subscribe, outbox.messages);
}
