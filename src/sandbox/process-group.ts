/**
 * Ending a process group for good: TERM, then KILL when something of it is still there.
 *
 * A negative process id addresses a whole group; `ESRCH` means that nothing of it is left.
 */
import type { Clock } from '../core/clock.ts';

export interface GroupKillOptions {
  /** Id of the group's first process. */
  readonly groupId: number;
  /** Time between TERM and KILL. */
  readonly killAfterMs: number;
  readonly clock: Clock;
}

const POLL_MS = 20;

/** Resolves when no member is left, zombies aside, or when KILL has been sent and had time to work. */
export async function endProcessGroup(options: GroupKillOptions): Promise<void> {
  if (!signalGroup(options.groupId, 'SIGTERM')) return;
  const deadline = options.clock.monotonic() + options.killAfterMs;
  while (options.clock.monotonic() < deadline) {
    await options.clock.sleep(POLL_MS);
    if (!groupExists(options.groupId)) return;
  }
  signalGroup(options.groupId, 'SIGKILL');
}

/** True when at least one process of the group exists. */
export function groupExists(groupId: number): boolean {
  return signalGroup(groupId, 0);
}

/** False when the group has no member. A member that may not be signalled counts as existing. */
export function signalGroup(groupId: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-groupId, signal);
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ESRCH') return false;
    if (code === 'EPERM') return true;
    throw error;
  }
}
