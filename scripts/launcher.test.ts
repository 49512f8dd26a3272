/** The launcher of a clone, with programs in place of Node that say who they are. */
import { execFile } from 'node:child_process';
import {
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readFile,
  realpath,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listBundledSources } from './build/launch-files.ts';

const run = promisify(execFile);
const LAUNCHER = resolve(import.meta.dirname, '../microclaw');
const PAST = new Date('2020-01-01');
const BUILT = new Date('2022-01-01');
const later = () => new Date(Date.now() + 10_000);

let clone: string;
let bin: string;

beforeEach(async () => {
  clone = await mkdtemp(join(tmpdir(), 'microclaw launcher-'));
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
  --max-semi-space-size=8) shift 2; [ -n "$MALLOC_ARENA_MAX" ] && echo "${name}: $*" ;;
esac
`;
  await writeFile(path, script, { mode: 0o755 });
}

const ownNode = () => join(clone, 'node_modules/.bin/node');
const systemNode = () => join(bin, 'node');

/** A build of `src/main.ts` and the given other sources, which exist and are older, as are their folders. */
async function build(...sources: readonly string[]): Promise<void> {
  for (const path of sources) {
    await mkdir(dirname(join(clone, path)), { recursive: true });
    await writeFile(join(clone, path), '');
    await utimes(join(clone, path), PAST, PAST);
  }
  for (const folder of new Set(sources.map(dirname))) await utimes(join(clone, folder), PAST, PAST);
  await mkdir(join(clone, 'dist'));
  await writeFile(join(clone, 'dist/main.js'), '');
  await utimes(join(clone, 'dist/main.js'), BUILT, BUILT);
  await writeFile(join(clone, 'dist/version.txt'), 'the version\n');
  await writeFile(join(clone, 'dist/help.txt'), 'the help\n');
  const moduleIds = ['src/main.ts', ...sources].map((path) => join(clone, path));
  await writeFile(join(clone, 'dist/launch.sh'), listBundledSources(clone, moduleIds));
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
  await utimes(systemNode(), later(), later());
  expect(await launch([])).toMatch(/^system: /);
});

describe('with a build', () => {
  beforeEach(() => fakeNode(systemNode(), 'system', true));
  const BUILD = () => `system: ${clone}/dist/main.js`;
  const SOURCES = () => `system: ${clone}/src/main.ts`;

  it('runs it while every source in it is older', async () => {
    await build('src/a.ts', 'package.json');
    expect(await launch([])).toBe(BUILD());
  });

  it.each(['src/main.ts', 'src/a.ts', 'package.json'])('runs the sources when %s is newer', async (path) => {
    await build('src/a.ts', 'package.json');
    await utimes(join(clone, path), later(), later());
    expect(await launch([])).toBe(SOURCES());
    expect(await launch(['version'])).toBe(`${SOURCES()} version`);
  });

  it('sees an edit right after the build', async () => {
    await build('src/a.ts');
    const builtAt = new Date('2024-01-01T00:00:00.100Z');
    const editedAt = new Date('2024-01-01T00:00:00.150Z');
    await utimes(join(clone, 'dist/main.js'), builtAt, builtAt);
    await utimes(join(clone, 'src/a.ts'), editedAt, editedAt);
    expect(await launch([])).toBe(SOURCES());
  });

  it.each([
    ['a source', 'src/a.ts'],
    ['a source in a folder', 'src/x/b.ts'],
    ['a whole folder', 'src/x'],
    ['a file at the top', 'package.json'],
  ])('runs the sources when %s of the build is gone', async (_what, path) => {
    await build('src/a.ts', 'src/x/b.ts', 'package.json');
    expect(await launch([])).toBe(BUILD());
    await rm(join(clone, path), { recursive: true });
    expect(await launch([])).toBe(SOURCES());
  });

  it('does not mind a newer file that is not in the build', async () => {
    await build();
    await writeFile(join(clone, 'src/x.test.ts'), '');
    await utimes(join(clone, 'src/x.test.ts'), later(), later());
    await utimes(join(clone, 'src'), later(), later());
    expect(await launch([])).toBe(BUILD());
  });

  it('runs the sources when the build is incomplete', async () => {
    await build();
    await rm(join(clone, 'dist/launch.sh'));
    expect(await launch(['version'])).toBe(`${SOURCES()} version`);
  });

  it('answers version and help from its texts, without any Node', async () => {
    await rm(systemNode());
    await build();
    for (const word of ['version', '--version', '-V']) expect(await launch([word])).toBe('the version');
    for (const word of ['help', '--help', '-h']) expect(await launch([word])).toBe('the help');
  });

  it('leaves every other command line to the program', async () => {
    await build();
    expect(await launch(['help', 'start'])).toBe(`${BUILD()} help start`);
    expect(await launch(['start', '--help'])).toBe(`${BUILD()} start --help`);
    expect(await launch(['--config', 'version'])).toBe(`${BUILD()} --config version`);
  });
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
  expect(await launch(['doctor'])).toBe(`system: ${clone}/dist/main.js doctor`);
  expect(await launch(['version'])).toBe('the version');
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
