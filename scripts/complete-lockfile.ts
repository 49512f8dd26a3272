/**
 * Adds the optional packages of other platforms to `package-lock.json` when npm left them out.
 *
 * A lockfile written where a registry does not serve every platform's binary packages lacks their entries, and
 * `npm ci` then refuses the file everywhere. Each entry is made from what its parent asks for (exact version) and from
 * its name (system, processor, libc); it has no checksum, because the package cannot be fetched here. Run it after
 * every change of dependencies; it changes nothing when nothing is missing.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

interface LockedPackage {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface Lockfile {
  packages: Record<string, LockedPackage & Record<string, unknown>>;
}

const SYSTEMS = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const PROCESSORS = [
  'arm64',
  'x64',
  'ia32',
  'arm',
  'ppc64',
  's390x',
  'riscv64',
  'loong64',
  'mips64el',
  'wasm32',
];

/** Fields by which npm decides whether a package fits the machine. */
function platformOf(name: string): Record<string, unknown> {
  const words = name.split('/').at(-1)?.split(/[-.]/) ?? [];
  const system = SYSTEMS.filter((candidate) => words.includes(candidate));
  const processor = PROCESSORS.filter((candidate) =>
    words.some(
      (word) =>
        word === candidate || (candidate === 'arm' && /^(?:arm|armv7|gnueabihf|musleabihf)$/.test(word)),
    ),
  );
  const libc = system.includes('linux')
    ? [words.some((word) => word.startsWith('musl')) ? 'musl' : 'glibc']
    : [];
  return {
    ...(processor.length === 0 ? {} : { cpu: processor.slice(0, 1) }),
    ...(system.length === 0 ? {} : { os: system }),
    ...(libc.length === 0 || name.startsWith('@esbuild/') ? {} : { libc }),
  };
}

/** Where `name` has to be added so that the package at `parent` finds that version, or `undefined` when it does. */
function placeFor(
  packages: Lockfile['packages'],
  parent: string,
  name: string,
  version: string,
): string | undefined {
  const beside = parent.slice(0, parent.lastIndexOf('node_modules/'));
  const found = [`${parent}/node_modules/${name}`, `${beside}node_modules/${name}`, `node_modules/${name}`]
    .map((place) => packages[place]?.version)
    .find((locked) => locked !== undefined);
  if (found === version) return undefined;
  return found === undefined ? `node_modules/${name}` : `${beside}node_modules/${name}`;
}

const path = resolve(import.meta.dirname, '../package-lock.json');
const lockfile = JSON.parse(readFileSync(path, 'utf8')) as Lockfile; // npm's own format, version 3
const added: string[] = [];
for (const [parent, locked] of Object.entries(lockfile.packages)) {
  for (const [name, version] of Object.entries(locked.optionalDependencies ?? {})) {
    const place = /^\d/.test(version) ? placeFor(lockfile.packages, parent, name, version) : undefined;
    if (place === undefined) continue;
    const platform = platformOf(name);
    if (Object.keys(platform).length === 0) continue;
    lockfile.packages[place] = {
      version,
      ...platform,
      ...(locked.dev === true ? { dev: true } : {}),
      optional: true,
    };
    added.push(`${name}@${version}`);
  }
}
const sorted = Object.entries(lockfile.packages).sort(([left], [right]) => (left < right ? -1 : 1));
lockfile.packages = Object.fromEntries(sorted);
if (added.length > 0) writeFileSync(path, `${JSON.stringify(lockfile, null, 2)}\n`);
console.log(
  added.length === 0 ? 'the lockfile is complete' : `added ${added.length} packages: ${added.join(', ')}`,
);
