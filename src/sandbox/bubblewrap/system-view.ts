/**
 * What of the host's system a bubblewrap sandbox shows, read-only: programs, libraries and the few files of `/etc` that
 * they need. Everything else of the host does not exist inside.
 *
 * Invariant: `/etc` is a list of what is shown, so no password hash, key or service configuration comes along.
 */
import { access, readlink, realpath } from 'node:fs/promises';
import { isWithin, realPathOf } from '../mounts/mount-guard.ts';

const PROGRAM_DIRECTORIES = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'] as const;

const ETC_ENTRIES = [
  ...[
    'alternatives',
    'ca-certificates',
    'ca-certificates.conf',
    'ssl/certs',
    'ssl/openssl.cnf',
    'pki/tls/certs',
  ],
  ...['ld.so.cache', 'ld.so.conf', 'ld.so.conf.d', 'localtime', 'timezone', 'locale.alias', 'os-release'],
  ...[
    'passwd',
    'group',
    'nsswitch.conf',
    'hosts',
    'host.conf',
    'gai.conf',
    'protocols',
    'services',
    'mime.types',
  ],
  ...['bash.bashrc', 'profile', 'fonts', 'magic', 'terminfo', 'debian_version'],
] as const;

/** Shown only when there is a network to use. */
const NETWORK_ENTRIES = ['resolv.conf'] as const;

/** bubblewrap arguments for the system. */
export async function systemArguments(noNetwork: boolean): Promise<readonly string[]> {
  const entries = noNetwork ? ETC_ENTRIES : [...ETC_ENTRIES, ...NETWORK_ENTRIES];
  const parts = [
    ...PROGRAM_DIRECTORIES.map(showProgramDirectory),
    ...entries.map((name) => showFile(`/etc/${name}`)),
  ];
  return (await Promise.all(parts)).flat();
}

/** A merged `/bin` is a link into `/usr` and stays one. */
async function showProgramDirectory(directory: string): Promise<readonly string[]> {
  if (!(await exists(directory))) return [];
  try {
    return ['--symlink', await readlink(directory), directory];
  } catch {
    return ['--ro-bind', directory, directory]; // not a link
  }
}

/** Links are resolved here, because their target is not visible inside. */
async function showFile(file: string): Promise<readonly string[]> {
  return (await exists(file)) ? ['--ro-bind', await realpath(file), file] : [];
}

/**
 * bubblewrap arguments that cover those of `hiddenPaths` that lie inside a directory the system part shows, as in an
 * installation below `/usr/src`.
 */
export async function maskArguments(hiddenPaths: readonly string[]): Promise<readonly string[]> {
  return (await Promise.all(hiddenPaths.map(mask))).flat();
}

async function mask(file: string): Promise<readonly string[]> {
  const real = await realPathOf(file);
  if (!PROGRAM_DIRECTORIES.some((root) => isWithin(real, root)) || !(await exists(real))) return [];
  const isDirectory = await exists(`${real}/.`);
  return isDirectory ? ['--tmpfs', real, '--remount-ro', real] : ['--ro-bind', '/dev/null', real];
}

async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    return false; // not on this system
  }
}
