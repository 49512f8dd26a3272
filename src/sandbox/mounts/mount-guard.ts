/**
 * Decides whether a directory may be shown to a sandbox (tools §13).
 *
 * Invariants: a doubt refuses; the path is taken as written, so no symbolic link can lead the mount elsewhere; nothing
 * that must stay hidden is inside of what is shown.
 */
import { lstat, realpath } from 'node:fs/promises';
import path from 'node:path';
import { errorMessage } from '../../core/errors.ts';
import { sandboxErrors } from '../errors.ts';

/** Directories that hold credentials of other programs. */
const SECRET_DIRECTORIES: ReadonlySet<string> = new Set([
  ...['.ssh', '.gnupg', '.aws', '.azure', '.gcloud', '.kube', '.docker'],
]);

const SECRET_NAMES: ReadonlySet<string> = new Set([
  ...['.env', '.env.local', '.env.production', '.env.development', '.netrc', '.npmrc'],
  ...['id_rsa', 'id_ed25519', 'credentials', 'private_key'],
]);

export interface MountRules {
  /** When not empty, a mount must be one of these directories or below one. */
  readonly allowedRoots: readonly string[];
  /** No mount may contain one of these. */
  readonly hiddenPaths: readonly string[];
}

/** Rejects with `MC_SANDBOX_MOUNT_REFUSED` unless `directory` is an existing directory that may be shown. */
export async function assertMountable(directory: string, rules: MountRules): Promise<void> {
  if (!path.isAbsolute(directory) || path.normalize(directory) !== directory) {
    throw refused(directory, 'it is not a plain absolute path');
  }
  const secret = directory.split(path.sep).find(isSecretName);
  if (secret !== undefined) throw refused(directory, `'${secret}' is a place for secrets`);
  const hidden = rules.hiddenPaths.find((file) => isWithin(file, directory));
  if (hidden !== undefined) throw refused(directory, `it contains '${hidden}'`);
  const { allowedRoots } = rules;
  if (allowedRoots.length > 0 && !allowedRoots.some((root) => isWithin(directory, root))) {
    throw refused(directory, 'it is not below a directory of the mount allowlist');
  }
  await assertNoLink(directory);
}

function isSecretName(name: string): boolean {
  const lower = name.toLowerCase();
  return SECRET_DIRECTORIES.has(lower) || SECRET_NAMES.has(lower);
}

async function assertNoLink(directory: string): Promise<void> {
  const { root } = path.parse(directory);
  let current = root;
  for (const name of directory.slice(root.length).split(path.sep)) {
    current = path.join(current, name);
    const entry = await lstat(current).catch((error: unknown) => {
      throw refused(directory, errorMessage(error));
    });
    if (entry.isSymbolicLink()) throw refused(directory, `'${current}' is a symbolic link`);
    if (!entry.isDirectory()) throw refused(directory, `'${current}' is not a directory`);
  }
}

function refused(directory: string, reason: string): Error {
  return sandboxErrors.create('MOUNT_REFUSED', `mount of '${directory}' refused: ${reason}`);
}

/** Whether `file` is `directory` or below it. Both are absolute. */
export function isWithin(file: string, directory: string): boolean {
  const relative = path.relative(directory, file);
  return relative === '' || (relative.split(path.sep)[0] !== '..' && !path.isAbsolute(relative));
}

/** The path without links; as given when nothing is there. */
export async function realPathOf(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch {
    return file; // it does not exist (yet), so no link leads to it
  }
}
