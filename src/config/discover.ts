/**
 * Finds the configuration file (config-cli §1.1): `--config`, `MICROCLAW_CONFIG`, `./microclaw.config.yaml`,
 * `./microclaw.config.yml`, and inside a snap `$SNAP_USER_COMMON/config.yaml`.
 *
 * Invariants: a file that was named explicitly is never replaced by another one; one that cannot be read is found all
 * the same, so that reading it says why.
 */
import { lstatSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { configErrors } from './errors.ts';
import { homeDirectory } from './home-directory.ts';

export interface DiscoveryInput {
  /** Value of the `--config` flag. */
  readonly flag?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

const LOCAL_NAMES = ['microclaw.config.yaml', 'microclaw.config.yml'] as const;

/**
 * Absolute path of the file, or `null` when there is none. Raises `MC_CONFIG_NOT_FOUND` and `MC_CONFIG_BAD_ARGUMENT`.
 */
export function discoverConfig({ flag, env, cwd }: DiscoveryInput): string | null {
  if (flag !== undefined) {
    if (flag.trim() === '') throw configErrors.create('BAD_ARGUMENT', '--config path cannot be empty');
    const path = resolve(cwd, expandHome(flag.trim()));
    if (isThere(path)) return path;
    throw configErrors.create('NOT_FOUND', `--config points to non-existent file: ${flag.trim()}`);
  }
  const named = env.MICROCLAW_CONFIG?.trim() ?? '';
  if (named !== '') {
    const path = resolve(cwd, expandHome(named));
    if (isThere(path)) return path;
    throw configErrors.create('NOT_FOUND', `MICROCLAW_CONFIG points to non-existent file: ${named}`);
  }
  const candidates = LOCAL_NAMES.map((name) => join(cwd, name));
  if (env.SNAP !== undefined && env.SNAP_USER_COMMON !== undefined) {
    candidates.push(join(env.SNAP_USER_COMMON, 'config.yaml'));
  }
  for (const path of candidates) {
    if (isThere(path)) return path;
  }
  return null;
}

/** Where a new configuration would be written: the named file, else the local one. */
export function defaultConfigPath({ flag, env, cwd }: DiscoveryInput): string {
  const named = flag?.trim() || env.MICROCLAW_CONFIG?.trim() || LOCAL_NAMES[0];
  return resolve(cwd, expandHome(named));
}

/** Also a symbolic link that leads nowhere, and what cannot be looked at: reading it says what is wrong. */
function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ENOTDIR');
  }
}

function expandHome(path: string): string {
  if (path === '~') return homeDirectory();
  return path.startsWith('~/') ? join(homeDirectory(), path.slice(2)) : path;
}
