/**
 * Ending the processes of a command for good: TERM to its group, then KILL when something of it is still there, and
 * KILL to those that left the group.
 *
 * A negative process id addresses a whole group; `ESRCH` means that nothing of it is left. A zombie counts as gone,
 * because nothing but its parent can remove it.
 */
import type { Clock } from '../../core/clock.ts';
import { livingMembers, processesWithVariable } from './process-table.ts';

interface GroupKillOptions {
  /** Id of the group's first process. */
  readonly groupId: number;
  /** Time between TERM and KILL. */
  readonly killAfterMs: number;
  readonly clock: Clock;
}

const POLL_MS = 20;

/** Resolves when no member is left or when KILL has been sent and had time to work. */
export async function endProcessGroup(options: GroupKillOptions): Promise<void> {
  if (!signalGroup(options.groupId, 'SIGTERM')) return;
  const deadline = options.clock.monotonic() + options.killAfterMs;
  while (options.clock.monotonic() < deadline) {
    await options.clock.sleep(POLL_MS);
    if (!(await isGroupAlive(options.groupId))) return;
  }
  signalGroup(options.groupId, 'SIGKILL');
}

async function isGroupAlive(groupId: number): Promise<boolean> {
  if (!groupExists(groupId)) return false;
  const members = await livingMembers(groupId);
  return members === undefined || members.length > 0;
}

/** A process that forks while it is hunted is found in the next round. */
const STRAY_ROUNDS = 5;

/**
 * Kills processes that carry `variable` in their environment and were begun after `afterId`, whatever group or
 * session they moved to. Does nothing where the process table cannot be read.
 */
export async function killStrays(variable: string, afterId: number): Promise<void> {
  for (let round = 0; round < STRAY_ROUNDS; round += 1) {
    const strays = (await processesWithVariable(variable, afterId)) ?? [];
    if (strays.length === 0) return;
    for (const processId of strays) signalProcess(processId, 'SIGKILL');
  }
}

/** True when at least one process of the group exists, zombies included. */
export function groupExists(groupId: number): boolean {
  return signalGroup(groupId, 0);
}

/** False when the group has no member. A member that may not be signalled counts as existing. */
function signalGroup(groupId: number, signal: NodeJS.Signals | 0): boolean {
  return signalProcess(-groupId, signal);
}

function signalProcess(processId: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(processId, signal);
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ESRCH') return false;
    if (code === 'EPERM') return true;
    throw error;
  }
}
