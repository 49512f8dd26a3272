/**
 * `npm run build [-- --if-stale]`: builds the program and the console into `dist/`.
 *
 * With `--if-stale` a part whose inputs are those of the last build is left alone; `dist/build-info.json` remembers
 * them.
 */
import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { bundleServer } from './build/bundle-server.ts';
import { bundleWeb } from './build/bundle-web.ts';
import { hashInputs } from './build/inputs-hash.ts';

const root = resolve(import.meta.dirname, '..');
const dist = join(root, 'dist');
const infoPath = join(dist, 'build-info.json');
const onlyIfStale = process.argv.includes('--if-stale');

const COMMON_INPUTS = ['package.json', 'package-lock.json', 'scripts/build.ts', 'scripts/build/*.ts'];

interface BuildPart {
  readonly name: 'server' | 'web';
  readonly inputs: readonly string[];
  build(): Promise<unknown>;
}

const PARTS: readonly BuildPart[] = [
  { name: 'server', inputs: ['src/**/*'], build: () => bundleServer(root, dist) },
  {
    name: 'web',
    inputs: ['web/**/*', 'src/http/schemas/*'],
    build: () => bundleWeb(root, join(dist, 'web')),
  },
];

async function previousHashes(): Promise<Record<string, unknown>> {
  try {
    return JSON.parse(await readFile(infoPath, 'utf8'));
  } catch {
    // Missing or unreadable means: nothing is known to be current.
    return {};
  }
}

async function remember(hashes: Record<string, unknown>): Promise<void> {
  await writeFile(infoPath, `${JSON.stringify(hashes, null, 2)}\n`);
}

// The launcher compares times: what is edited from here on is newer than the build, what was merely touched before is
// not.
const readFrom = new Date();
await mkdir(dist, { recursive: true });
const hashes = await previousHashes();
for (const part of PARTS) {
  const hash = await hashInputs(root, [...COMMON_INPUTS, ...part.inputs]);
  if (onlyIfStale && hashes[part.name] === hash) continue;
  const startedAt = performance.now();
  // Forgotten first: a build that fails half-way is none of any inputs.
  delete hashes[part.name];
  await remember(hashes);
  await part.build();
  hashes[part.name] = hash;
  await remember(hashes);
  process.stderr.write(`built ${part.name} in ${Math.round(performance.now() - startedAt)} ms\n`);
}
await utimes(join(dist, 'main.js'), readFrom, readFrom);
