/** The launcher of a clone with the real build: what it answers itself is what the program answers. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '../..');
const COPIED = ['microclaw', 'package.json', 'src', 'dist'];
const SPELLINGS = ['version', '--version', '-V', 'help', '--help', '-h'];

let parent: string;
let clone: string;
let bin: string;

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'microclaw-launcher-'));
  clone = join(parent, 'a clone');
  bin = join(parent, 'bin');
  for (const name of COPIED) {
    await cp(join(ROOT, name), join(clone, name), {
      recursive: true,
      preserveTimestamps: true,
      filter: (path) => !path.endsWith('/.cache'),
    });
  }
  await mkdir(bin);
  // Says what it would run.
  // Shows what it was to run, without the options of Node before it.
  const script =
    '#!/bin/sh\nif [ "$1" = -e ]; then exit 0; fi\nwhile expr "$1" : -- >/dev/null; do shift; done\necho "node $*"\n';
  await writeFile(join(bin, 'node'), script, { mode: 0o755 });
});
afterAll(() => rm(parent, { recursive: true, force: true }));

const entry = () => join(clone, 'dist/main.js');
const launch = (...args: readonly string[]) =>
  run(join(clone, 'microclaw'), [...args], { cwd: tmpdir(), env: { PATH: `${bin}:/usr/bin:/bin` } });

beforeEach(() => utimes(entry(), new Date(), new Date()));

it.each(SPELLINGS)('answers %s with the words of the program', async (spelling) => {
  const program = await run(process.execPath, [join(ROOT, 'dist/main.js'), spelling]);
  expect(program.stdout).not.toBe('');
  expect(await launch(spelling)).toEqual({ stdout: program.stdout, stderr: '' });
});

it('runs the build, and the sources once any of those in it changed', async () => {
  expect((await launch('doctor')).stdout).toBe(`node ${entry()} doctor\n`);
  const later = new Date(Date.now() + 10_000);
  for (const path of ['src/cli/program.ts', 'src/storage/worker/storage-worker.ts', 'package.json']) {
    await utimes(join(clone, path), later, later);
    expect((await launch('version')).stdout).toBe(`node ${clone}/src/main.ts version\n`);
    await utimes(join(clone, path), new Date(0), new Date(0));
  }
});
