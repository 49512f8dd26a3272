/**
 * Asks before the place changes while something would be lost.
 *
 * Invariant: at most the newest guard asks; whoever lets go of a place calls `proceed`, nobody else changes it.
 */
import { useEffect, useEffectEvent } from 'react';

/** Asks, and calls `proceed` when the place may be left. */
export type AskBeforeLeaving = (proceed: () => void) => void;

export interface LeaveGuard {
  /** The place that is guarded, as `location.search` had it. */
  readonly search: string;
  readonly ask: AskBeforeLeaving;
}

const guards = new Set<LeaveGuard>();

/** The guard of the place shown, if it has one. */
export function currentGuard(): LeaveGuard | undefined {
  return [...guards].at(-1);
}

/** Ends a guard: its place is left now. */
export function dropGuard(guard: LeaveGuard): void {
  guards.delete(guard);
}

/** Guards the current place while `isActive`; closing or reloading the page is asked about by the browser itself. */
export function useLeaveGuard(isActive: boolean, ask: AskBeforeLeaving): void {
  const onLeave = useEffectEvent(ask);
  useEffect(() => {
    if (!isActive) return;
    const guard: LeaveGuard = { search: window.location.search, ask: (proceed) => onLeave(proceed) };
    const onUnload = (event: BeforeUnloadEvent) => event.preventDefault();
    guards.add(guard);
    window.addEventListener('beforeunload', onUnload);
    return () => {
      guards.delete(guard);
      window.removeEventListener('beforeunload', onUnload);
    };
  }, [isActive]);
}
