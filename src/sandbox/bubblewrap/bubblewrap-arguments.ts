/**
 * The command line of bubblewrap for one command.
 *
 * Invariants: own user, process, network, IPC, UTS and control group namespaces; no capability; nothing writable but
 * the mounts that say so, `/tmp` and `/dev/shm`, each of a limited size; the environment is replaced, not extended.
 *
 * Whoever makes a user namespace of its own inside holds every capability in it, which opens much of the kernel and
 * file systems in memory of any size; so that is forbidden where bubblewrap can.
 *
 * `/proc` has to be read-only: the kernel's settings below it belong to root, so without that the sandbox of a program
 * that runs as root could name a program for the kernel to start outside (`core_pattern`), whatever its capabilities.
 */
import type { Mount } from '../mounts/mount-plan.ts';
import type { SandboxLimits } from '../sandbox-options.ts';
import { maskArguments, systemArguments } from './system-view.ts';

export interface BubblewrapView {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  readonly hiddenPaths: readonly string[];
  readonly noNetwork: boolean;
  /** Forbids namespaces inside the sandbox; not every bubblewrap can. */
  readonly forbidNesting: boolean;
  readonly limits: Pick<SandboxLimits, 'memoryBytes'>;
}

/** Options only; the program to run follows them. */
export async function bubblewrapArguments(view: BubblewrapView): Promise<readonly string[]> {
  const size = String(view.limits.memoryBytes);
  return [
    '--unshare-all',
    ...(view.forbidNesting ? ['--unshare-user', '--disable-userns'] : []),
    ...(view.noNetwork ? [] : ['--share-net']),
    ...['--die-with-parent', '--new-session', '--cap-drop', 'ALL', '--hostname', 'sandbox'],
    ...(await systemArguments(view.noNetwork)),
    ...(await maskArguments(view.hiddenPaths)),
    ...['--proc', '/proc', '--remount-ro', '/proc', '--dev', '/dev'],
    ...['--size', size, '--tmpfs', '/dev/shm', '--remount-ro', '/dev', '--size', size, '--tmpfs', '/tmp'],
    ...view.mounts.flatMap(({ path, access }) => [
      access === 'read_write' ? '--bind' : '--ro-bind',
      path,
      path,
    ]),
    ...['--remount-ro', '/', '--chdir', view.cwd, '--clearenv'],
    ...Object.entries(view.env).flatMap(([name, value]) => ['--setenv', name, value]),
  ];
}

/** Arguments as bubblewrap reads them from a descriptor, where no list of processes shows them. */
export function argumentsForDescriptor(args: readonly string[]): string {
  return args.map((argument) => `${argument}\0`).join('');
}
