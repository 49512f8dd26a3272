/**
 * Builds the parts that live as long as the page: the client, the followed runs, the outbox and the query cache, and
 * connects them to the browser's events.
 */
import { type InfiniteData, QueryClient } from '@tanstack/react-query';
import { createContext, use } from 'react';
import { randomId } from '../browser/random-id.ts';
import { SeenMessages } from '../browser/seen-messages.ts';
import { ApiClient } from './api-client.ts';
import { ApiError } from './api-error.ts';
import { Outbox, type TranscriptFacts } from './outbox.ts';
import { queryKeys } from './query-keys.ts';
import { isActive } from './run-state.ts';
import { RunStreams } from './run-streams.ts';
import type { HistoryPage } from './types.ts';
import { WakeablePause } from './wakeable-pause.ts';

export interface ConsoleServices {
  readonly client: ApiClient;
  readonly runs: RunStreams;
  readonly outbox: Outbox;
  readonly queryClient: QueryClient;
  readonly seen: SeenMessages;
  /** Ends every wait for the network and tries again. */
  readonly retryNow: () => void;
}

const ServicesContext = createContext<ConsoleServices | null>(null);

export const ServicesProvider = ServicesContext.Provider;

/** The services of the page; throws outside the provider, which is a programming mistake. */
export function useServices(): ConsoleServices {
  const services = use(ServicesContext);
  if (services === null) throw new Error('useServices needs a ServicesProvider above it');
  return services;
}

/** One set per page load; `installBrowserEvents` connects it to the window. */
export function createServices(): ConsoleServices {
  const waiting = new WakeablePause();
  const queryClient = new QueryClient({
    defaultOptions: { queries: { retry: shouldRetry, staleTime: 5_000 } },
  });
  const client = new ApiClient({
    fetch: (input, init) => window.fetch(input, init),
    readCookies: () => document.cookie,
    onSignedOut: () => void queryClient.invalidateQueries({ queryKey: queryKeys.auth }),
  });
  const runs = new RunStreams({
    open: (runId, lastEventId, signal) => client.openRunStream(runId, lastEventId, signal),
    pause: waiting.pause,
    now: Date.now,
    onNextFrame,
    storage: sessionStorage,
    onEnded: () => {
      void queryClient.invalidateQueries({ queryKey: queryKeys.history });
      void queryClient.invalidateQueries({ queryKey: queryKeys.sessions });
    },
  });
  const outbox = new Outbox({
    send: async (message) => {
      const accepted = await client.send({
        sessionKey: message.sessionKey,
        message: message.text,
        clientMessageId: message.id,
      });
      return { runId: accepted.run_id };
    },
    pause: waiting.pause,
    now: Date.now,
    newId: randomId,
    storage: sessionStorage,
    onAccepted: (message) => {
      if (message.runId !== null) runs.follow(message.runId);
      void queryClient.invalidateQueries({ queryKey: queryKeys.sessions });
    },
  });
  queryClient.getQueryCache().subscribe((event) => {
    const [area, sessionKey] = event.query.queryKey;
    if (event.type !== 'updated' || event.action.type !== 'success') return;
    if (area !== queryKeys.history[0] || typeof sessionKey !== 'string') return;
    // The only queries below this key are those of `useHistory`.
    const history = event.query.state.data as InfiniteData<HistoryPage> | undefined;
    outbox.settle(sessionKey, transcriptFacts(history?.pages ?? [], runs));
  });
  const seen = new SeenMessages(localStorage, new Date());
  return { client, runs, outbox, queryClient, seen, retryNow: waiting.wake };
}

function transcriptFacts(pages: readonly HistoryPage[], runs: RunStreams): TranscriptFacts {
  const messages = pages.flatMap((page) => page.messages);
  const runIds = (isFromBot: boolean) =>
    new Set(messages.filter((message) => message.is_from_bot === isFromBot).map((message) => message.run_id));
  const [answered, asked] = [runIds(true), runIds(false)];
  return {
    hasMessage: (runId) => asked.has(runId),
    hasAnswer: (runId) => answered.has(runId),
    isOver: (runId) => {
      const run = runs.get(runId);
      return run === undefined || !isActive(run);
    },
  };
}

/**
 * Starts what a reload interrupted, wakes retries when the network or the page comes back, and keeps running states
 * over a reload.
 */
export function installBrowserEvents(services: ConsoleServices): void {
  services.runs.restoreActive();
  services.outbox.restore();
  window.addEventListener('online', services.retryNow);
  window.addEventListener('pagehide', () => services.runs.saveActive());
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') services.retryNow();
  });
}

/** Refusals do not change by asking again; an unreachable server may come back. */
function shouldRetry(failures: number, error: unknown): boolean {
  const isRefusal = error instanceof ApiError && error.status < 500;
  return !isRefusal && failures < 2;
}

/** A hidden page paints no frames, but its text must still arrive. */
function onNextFrame(callback: () => void): void {
  if (document.visibilityState === 'visible') requestAnimationFrame(callback);
  else setTimeout(callback, 100);
}
