/**
 * Runs commands on this machine, as the user that runs the program. It is not a security boundary: a command can do
 * whatever that user can. It does keep the invariants of `CommandRunner`: own process group, no input, the given
 * environment only, bounded output, and no process left behind. A process that leaves the group (`setsid`) is
 * recognised by a variable it inherited; one that also clears its environment is beyond this runner.
 */
import { accessSync, constants } from 'node:fs';
import type { Clock } from '../core/clock.ts';
import { type IdSource, systemIds } from '../core/ids.ts';
import type { CommandRunner } from './command-runner.ts';
import { endProcessGroup, groupExists, killStrays } from './process/process-group.ts';
import { runProcess } from './process/run-process.ts';

interface HostRunnerOptions {
  readonly clock: Clock;
  /** Shell to use; found by `findShell` when absent. */
  readonly shell?: string;
  /** How long output may still arrive after the shell has exited. */
  readonly drainGraceMs?: number;
  /** Time between TERM and KILL. */
  readonly killAfterMs?: number;
  readonly ids?: IdSource;
}

/** Tells the processes of one command from all others. */
export const MARKER_NAME = 'SHELL_COMMAND_ID';

export const DEFAULT_DRAIN_GRACE_MS = 200;
export const DEFAULT_KILL_AFTER_MS = 2000;

export function createHostRunner(options: HostRunnerOptions): CommandRunner {
  const { clock, ids = systemIds } = options;
  const killAfterMs = options.killAfterMs ?? DEFAULT_KILL_AFTER_MS;
  const drainGraceMs = options.drainGraceMs ?? DEFAULT_DRAIN_GRACE_MS;
  const endGroup = (groupId: number) => endProcessGroup({ groupId, killAfterMs, clock });
  let shell = options.shell;
  return {
    run(request) {
      shell ??= findShell();
      const marker = ids.hex(12);
      const spec = {
        file: shell,
        args: ['-c', request.command],
        cwd: request.cwd,
        env: { ...request.env, [MARKER_NAME]: marker },
        stop: endGroup,
        sweep: async (groupId: number) => {
          if (groupExists(groupId)) await endGroup(groupId);
          await killStrays(`${MARKER_NAME}=${marker}`, groupId);
        },
      };
      return runProcess(request, spec, { clock, drainGraceMs });
    },
  };
}

/** bash when the machine has it, else sh; never the login shell, whose syntax may be another one. */
export function findShell(candidates = ['/bin/bash', '/usr/bin/bash', '/usr/local/bin/bash']): string {
  return candidates.find(isExecutable) ?? '/bin/sh';
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false; // absent or not ours to run: the next candidate is tried
  }
}
