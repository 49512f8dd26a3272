/** The launcher of a clone, with programs in place of Node that say who they are. */
import { execFile } from 'node:child_process';
import {
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readFile,
  realpath,
  rename,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';

const run = promisify(execFile);
const LAUNCHER = resolve(import.meta.dirname, '../microclaw');
const PAST = new Date('2020-01-01');

let clone: string;
let bin: string;

beforeEach(async () => {
  clone = await mkdtemp(join(tmpdir(), 'microclaw-launcher-'));
  bin = join(clone, 'system-bin');
  await mkdir(bin);
  await mkdir(join(clone, 'src'));
  await copyFile(LAUNCHER, join(clone, 'microclaw'));
  await chmod(join(clone, 'microclaw'), 0o755);
  await writeFile(join(clone, 'src/main.ts'), '');
  await utimes(join(clone, 'src/main.ts'), PAST, PAST);
});
afterEach(() => rm(clone, { recursive: true, force: true }));

/** A stand-in for Node: answers the question for its version, otherwise prints its name and arguments. */
async function fakeNode(path: string, name: string, isSuitable: boolean): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const script = `#!/bin/sh
case $1 in
  -e) exit ${isSuitable ? 0 : 1} ;;
  --version) echo v20.0.0 ;;
  --max-semi-space-size=8) shift; [ -n "$MALLOC_ARENA_MAX" ] && echo "${name}: $*" ;;
esac
`;
  await writeFile(path, script, { mode: 0o755 });
}

const ownNode = () => join(clone, 'node_modules/.bin/node');
const systemNode = () => join(bin, 'node');

async function build(): Promise<void> {
  await mkdir(join(clone, 'dist'));
  await writeFile(join(clone, 'dist/main.js'), '');
  await writeFile(join(clone, 'dist/sources.sh'), "sources='\nsrc/main.ts\nsrc/part.ts\n'\n");
  await writeFile(join(clone, 'dist/version.txt'), 'microclaw 9.9.9\n');
  await writeFile(join(clone, 'dist/help.txt'), 'Usage: microclaw\n');
}

async function launch(args: readonly string[], command = join(clone, 'microclaw')): Promise<string> {
  const { stdout } = await run(command, [...args], { cwd: tmpdir(), env: { PATH: `${bin}:/usr/bin:/bin` } });
  return stdout.trim();
}

it('uses a system Node that is new enough', async () => {
  await fakeNode(systemNode(), 'system', true);
  await fakeNode(ownNode(), 'own', true);
  expect(await launch(['version'])).toBe(`system: ${clone}/src/main.ts version`);
});

it('falls back to the Node among the dependencies and passes arguments as they are', async () => {
  await fakeNode(systemNode(), 'system', false);
  await fakeNode(ownNode(), 'own', true);
  expect(await launch(['run', '-p', 'a  b *'])).toBe(`own: ${clone}/src/main.ts run -p a  b *`);
});

it('remembers its choice and asks again when the system Node changes', async () => {
  await fakeNode(systemNode(), 'system', false);
  await fakeNode(ownNode(), 'own', true);
  await launch([]);
  expect((await readFile(join(clone, 'node_modules/.microclaw-node'), 'utf8')).split('\n')).toEqual([
    systemNode(),
    ownNode(),
    '',
  ]);
  await fakeNode(systemNode(), 'system', true);
  const later = new Date(Date.now() + 10_000);
  await utimes(systemNode(), later, later);
  expect(await launch([])).toMatch(/^system: /);
});

it('runs the build unless a source of it is newer', async () => {
  await fakeNode(systemNode(), 'system', true);
  await build();
  expect(await launch(['x'])).toBe(`system: ${clone}/dist/main.js x`);
  const later = new Date(Date.now() + 10_000);
  await writeFile(join(clone, 'src/part.test.ts'), '');
  await utimes(join(clone, 'src/part.test.ts'), later, later);
  expect(await launch(['x'])).toBe(`system: ${clone}/dist/main.js x`);
  await writeFile(join(clone, 'src/part.ts'), '');
  await utimes(join(clone, 'src/part.ts'), later, later);
  expect(await launch(['x'])).toBe(`system: ${clone}/src/main.ts x`);
});

it('runs the sources beside a build that does not say what went into it', async () => {
  await fakeNode(systemNode(), 'system', true);
  await build();
  await rm(join(clone, 'dist/sources.sh'));
  expect(await launch(['version'])).toBe(`system: ${clone}/src/main.ts version`);
});

it('prints the version and the help without Node, unless a source is newer', async () => {
  await fakeNode(systemNode(), 'system', true);
  await build();
  for (const word of ['version', '--version', '-V']) expect(await launch([word])).toBe('microclaw 9.9.9');
  for (const word of ['help', '--help', '-h']) expect(await launch([word])).toBe('Usage: microclaw');
  expect(await launch(['help', 'run'])).toBe(`system: ${clone}/dist/main.js help run`);
  expect(await launch([])).toBe(`system: ${clone}/dist/main.js`);
  const later = new Date(Date.now() + 10_000);
  await utimes(join(clone, 'src/main.ts'), later, later);
  expect(await launch(['version'])).toBe(`system: ${clone}/src/main.ts version`);
});

it('works in a directory whose name has spaces', async () => {
  await build();
  const spaced = `${clone} with 'spaces'`;
  await rename(clone, spaced);
  clone = spaced;
  bin = join(clone, 'system-bin');
  await fakeNode(systemNode(), 'system', true);
  expect(await launch(['version'])).toBe('microclaw 9.9.9');
  expect(await launch(['x'])).toBe(`system: ${clone}/dist/main.js x`);
});

it('works through a symbolic link', async () => {
  await fakeNode(systemNode(), 'system', true);
  const link = join(bin, 'mc');
  await symlink(join(clone, 'microclaw'), link);
  expect(await launch([], link)).toBe(`system: ${clone}/src/main.ts`);
});

it('runs an installed package on the system Node without asking', async () => {
  await fakeNode(systemNode(), 'system', false);
  await rm(join(clone, 'src'), { recursive: true });
  await build();
  expect(await launch(['version'])).toBe('microclaw 9.9.9');
  expect(await launch(['x'])).toBe(`system: ${clone}/dist/main.js x`);
});

it('finds itself when it is called by a relative path', async () => {
  await fakeNode(systemNode(), 'system', true);
  const env = { PATH: `${bin}:/usr/bin:/bin` };
  for (const [cwd, command] of [
    [clone, './microclaw'],
    [dirname(clone), `./${basename(clone)}/microclaw`],
    [join(clone, 'src'), '../microclaw'],
  ] as const) {
    const { stdout } = await run(command, [], { cwd, env });
    expect(await realpath(stdout.trim().replace('system: ', ''))).toBe(
      await realpath(join(clone, 'src/main.ts')),
    );
  }
});

it('says what to do when there is no suitable Node', async () => {
  await fakeNode(systemNode(), 'system', false);
  await expect(launch([])).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /needs Node\.js 24\.16 or newer, found: v20\.0\.0\.\nhint: run 'npm start'/,
    ),
  });
});
