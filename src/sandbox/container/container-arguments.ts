/**
 * The command lines of docker and podman for the container of a chat.
 *
 * Invariants: the image is never downloaded in the middle of a command; the container runs as the user that runs the
 * program, with a read-only system and an init process, and is removed when it stops; no variable of a command is part
 * of a command line.
 */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { sandboxErrors } from '../errors.ts';
import { isWithin } from '../mounts/mount-guard.ts';
import type { Mount } from '../mounts/mount-plan.ts';
import type { SandboxOptions } from '../sandbox-options.ts';

export type ContainerEngine = 'docker' | 'podman';

/** Which installation made the container; what is left of an earlier process is found by it. */
export const OWNER_LABEL = 'microclaw.sandbox';
/** Hash of everything the container was started with. */
export const CONFIG_LABEL = 'microclaw.config';

export interface ContainerSpec {
  readonly name: string;
  readonly configHash: string;
  /** Arguments of the engine that start the container. */
  readonly runArguments: readonly string[];
}

export interface ContainerPlan {
  readonly engine: ContainerEngine;
  readonly sandbox: SandboxOptions;
  readonly cwd: string;
  readonly mounts: readonly Mount[];
  /** User and group of the program; `undefined` where the system has none. */
  readonly user: { readonly uid: number; readonly gid: number } | undefined;
}

/** Raises `MC_SANDBOX_MOUNT_REFUSED` for a path that no command line can carry. */
export function containerSpec(plan: ContainerPlan): ContainerSpec {
  const { sandbox, cwd } = plan;
  const name = containerName(sandbox, cwd);
  const settings = settingArguments(plan);
  const configHash = shortHash(JSON.stringify([plan.engine, sandbox.image, settings]));
  const runArguments = [
    ...['run', '--detach', '--rm', '--init', '--pull=never', '--name', name],
    ...['--label', `${OWNER_LABEL}=${ownerId(sandbox)}`, '--label', `${CONFIG_LABEL}=${configHash}`],
    ...settings,
    ...['--entrypoint', 'sleep', sandbox.image, 'infinity'],
  ];
  return { name, configHash, runArguments };
}

/** The same for every process of one installation. */
export function ownerId({ workingDir, stateDir }: Pick<SandboxOptions, 'workingDir' | 'stateDir'>): string {
  return shortHash(JSON.stringify([workingDir, stateDir]));
}

/** `<prefix>-<channel>-<chat id>-<hash>`; the hash keeps installations and odd names apart. */
function containerName(sandbox: SandboxOptions, cwd: string): string {
  const relative = isWithin(cwd, sandbox.workingDir)
    ? path.relative(sandbox.workingDir, cwd)
    : path.basename(cwd);
  const key = relative.split(path.sep).filter((segment, index) => index > 0 || segment !== 'chat');
  const readable = key
    .join('-')
    .toLowerCase()
    .replaceAll(/[^a-z0-9_.-]/g, '-');
  return `${sandbox.containerPrefix}-${readable}-${shortHash(`${ownerId(sandbox)}:${cwd}`).slice(0, 8)}`;
}

function settingArguments({ engine, sandbox, cwd, mounts, user }: ContainerPlan): readonly string[] {
  const { limits } = sandbox;
  const tmpfs = `/tmp:rw,nosuid,nodev,exec,mode=1777,size=${limits.memoryBytes}`;
  return [
    ...(sandbox.noNetwork ? ['--network=none'] : []),
    ...userArguments(engine, user),
    ...securityArguments(sandbox),
    ...['--read-only', '--tmpfs', tmpfs],
    ...['--memory', String(limits.memoryBytes), '--memory-swap', String(limits.memoryBytes)],
    ...['--cpus', String(limits.cpus), '--pids-limit', String(limits.pids)],
    ...mounts.flatMap((mount) => ['--mount', mountArgument(mount)]),
    ...['--workdir', cwd],
  ];
}

/** Rootless podman maps the program's user to root inside unless told to keep it. */
function userArguments(engine: ContainerEngine, user: ContainerPlan['user']): readonly string[] {
  if (user === undefined) return [];
  const keepId = engine === 'podman' && user.uid !== 0 ? ['--userns=keep-id'] : [];
  return [...keepId, '--user', `${user.uid}:${user.gid}`];
}

function securityArguments({ securityProfile, capAdd }: SandboxOptions): readonly string[] {
  const capabilities = capAdd.flatMap((name) => ['--cap-add', name]);
  switch (securityProfile) {
    case 'hardened':
      return ['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', ...capabilities];
    case 'standard':
      return capabilities;
    case 'privileged':
      return ['--privileged'];
    default:
      return securityProfile satisfies never;
  }
}

/** The engines read this as a line of comma-separated values. */
function mountArgument({ path: directory, access }: Mount): string {
  if (/[,"\n\r]/.test(directory)) {
    const message = `mount of '${directory}' refused: its name has a comma, quote or line break`;
    throw sandboxErrors.create('MOUNT_REFUSED', message);
  }
  const suffix = access === 'read_only' ? ',readonly' : '';
  return `type=bind,source=${directory},target=${directory}${suffix}`;
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
