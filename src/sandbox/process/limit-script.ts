/**
 * The shell text that sets limits of a bubblewrap sandbox before the command starts. bubblewrap has no control groups,
 * so these are limits of the kernel for each process:
 *
 * - memory: private writable memory of one process (`RLIMIT_DATA`), not of all of them together;
 * - processes: all of the user in this sandbox (`RLIMIT_NPROC`); the kernel exempts root;
 * - processor: not limited; the time limit of the tool ends the command.
 */
import type { SandboxLimits } from '../sandbox-options.ts';

/**
 * Expects the shell as `$0` and the command as `$1`. A limit that cannot be set is one that is lower already. dash
 * names the number of processes `-p`, bash `-u`.
 */
export function limitScript(limits: SandboxLimits): string {
  const dataKib = Math.max(1, Math.floor(limits.memoryBytes / 1024));
  return [
    'ulimit -c 0 2>/dev/null',
    `ulimit -d ${dataKib} 2>/dev/null`,
    `ulimit -u ${limits.pids} 2>/dev/null || ulimit -p ${limits.pids} 2>/dev/null`,
    'exec "$0" -c "$1"',
  ].join('\n');
}
