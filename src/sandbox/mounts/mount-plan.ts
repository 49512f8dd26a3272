/**
 * Which directories of the host a command sees: its own, the shared one and read-only ones. Other chats, data and
 * configuration are never among them.
 *
 * Invariants: the plan is made again for every command, so a directory that was replaced by a link meanwhile is
 * refused; the parents of what is shown are never shown themselves, so no command can replace one between check and
 * mount.
 */
import { stat } from 'node:fs/promises';
import { loadPathAllowlist } from '../../security/path-guard/path-allowlist.ts';
import { sandboxErrors } from '../errors.ts';
import type { SandboxOptions } from '../sandbox-options.ts';
import { assertMountable, isWithin, type MountRules, realPathOf } from './mount-guard.ts';

export interface Mount {
  /** The same path inside and outside. */
  readonly path: string;
  readonly access: 'read_write' | 'read_only';
}

type MountOptions = Pick<SandboxOptions, 'sharedDir' | 'readOnlyDirs' | 'hiddenPaths' | 'mountAllowlistFile'>;

/** In the order in which they are mounted. Rejects with `MC_SANDBOX_MOUNT_REFUSED`. */
export async function planMounts(cwd: string, options: MountOptions): Promise<readonly Mount[]> {
  const rules = await loadRules(options);
  const mounts: Mount[] = [];
  for (const directory of options.readOnlyDirs) {
    if (!isWithin(directory, cwd) && (await exists(directory))) {
      mounts.push({ path: directory, access: 'read_only' });
    }
  }
  if (options.sharedDir !== cwd && (await exists(options.sharedDir))) {
    mounts.push({ path: options.sharedDir, access: 'read_write' });
  }
  mounts.push({ path: cwd, access: 'read_write' });
  for (const mount of mounts) await assertMountable(mount.path, rules);
  return mounts;
}

async function loadRules({ hiddenPaths, mountAllowlistFile }: MountOptions): Promise<MountRules> {
  try {
    const allowlist = await loadPathAllowlist(mountAllowlistFile);
    const realPaths = await Promise.all(hiddenPaths.map(realPathOf));
    return {
      allowedRoots: allowlist?.roots ?? [],
      hiddenPaths: [...new Set([...hiddenPaths, ...realPaths])],
    };
  } catch (cause) {
    const message = `the mount allowlist '${mountAllowlistFile}' cannot be read`;
    throw sandboxErrors.create('MOUNT_REFUSED', message, { cause });
  }
}

async function exists(directory: string): Promise<boolean> {
  try {
    await stat(directory);
    return true;
  } catch {
    return false; // not used yet, so there is nothing to show
  }
}
