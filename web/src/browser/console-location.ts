/**
 * The place the console shows, kept in the URL so that every place is a link: `?session=<key>` and, while the
 * inspector is open, `&run=<id>`; `?page=<name>` for a page of the operator, with `&key=<key>` for one of its things.
 */
import { useSyncExternalStore } from 'react';
import { currentGuard, dropGuard } from './leave-guard.ts';

export const DEFAULT_SESSION = 'main';

export const PAGE_NAMES = ['approvals', 'security', 'hooks', 'audit', 'policy', 'settings'] as const;

export type PageName = (typeof PAGE_NAMES)[number];

export interface ConsoleLocation {
  /** A page of the operator, or `null` for the chat. */
  readonly page: PageName | null;
  /** What the page points at: the name of a setting. */
  readonly key?: string;
  readonly sessionKey: string;
  /** Run shown by the inspector. */
  readonly runId: string | null;
}

const listeners = new Set<() => void>();

/** The location of an address; a missing session is the main one, an unknown page the chat. */
export function parseLocation(search: string): ConsoleLocation {
  const parameters = new URLSearchParams(search);
  const page = PAGE_NAMES.find((name) => name === parameters.get('page')) ?? null;
  const key = page === null ? null : parameters.get('key');
  return {
    page,
    ...(key ? { key } : {}),
    sessionKey: parameters.get('session')?.trim() || DEFAULT_SESSION,
    runId: parameters.get('run') || null,
  };
}

/** The address of a location, without the origin. */
export function formatLocation(location: ConsoleLocation): string {
  if (location.page !== null) {
    const key = location.key === undefined ? '' : `&key=${encodeURIComponent(location.key)}`;
    return `/?page=${location.page}${key}`;
  }
  const parameters = new URLSearchParams({ session: location.sessionKey });
  if (location.runId !== null) parameters.set('run', location.runId);
  return `/?${parameters}`;
}

/** The current place; components that use it follow every change, back and forward included. */
export function useConsoleLocation(): ConsoleLocation {
  const search = useSyncExternalStore(subscribe, () => window.location.search);
  return parseLocation(search);
}

/** Shows a chat; the inspector closes, because its run belongs to the chat left. */
export function openSession(sessionKey: string): void {
  go({ page: null, sessionKey, runId: null }, 'push');
}

/** The location of a page of the operator. */
export function pageLocation(page: PageName, key?: string): ConsoleLocation {
  return { page, sessionKey: DEFAULT_SESSION, runId: null, ...(key === undefined ? {} : { key }) };
}

/** Shows a page of the operator, pointing at one of its things when `key` is given. */
export function openPage(page: PageName, key?: string): void {
  go(pageLocation(page, key), 'push');
}

/** Opens the inspector on a run of the current chat, or closes it with `null`. */
export function inspectRun(runId: string | null): void {
  go({ ...parseLocation(window.location.search), runId }, 'replace');
}

/** The key of a chat that does not exist yet: `session-YYYYMMDDHHMMSS` in UTC. */
export function newSessionKey(now: Date): string {
  return `session-${now.toISOString().slice(0, 19).replace(/\D/g, '')}`;
}

function go(location: ConsoleLocation, mode: 'push' | 'replace'): void {
  const address = formatLocation(location);
  const proceed = () => {
    if (mode === 'push') window.history.pushState(null, '', address);
    else window.history.replaceState(null, '', address);
    for (const listener of listeners) listener();
  };
  const guard = currentGuard();
  if (guard === undefined || parseLocation(guard.search).page === location.page) proceed();
  else guard.ask(proceed);
}

/** The way back has changed the address already: the guarded place is put on top again until it may be left. */
function onPopState(): void {
  const guard = currentGuard();
  const held = guard === undefined ? null : parseLocation(guard.search);
  if (guard === undefined || held?.page === parseLocation(window.location.search).page) {
    for (const listener of listeners) listener();
    return;
  }
  window.history.pushState(null, '', `/${guard.search}`);
  guard.ask(() => {
    dropGuard(guard);
    window.history.back();
  });
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('popstate', onPopState);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) window.removeEventListener('popstate', onPopState);
  };
}
