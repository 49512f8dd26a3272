/** The release as its users get it: packed, installed without development dependencies, started. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHome, type MicroclawHome, startMicroclaw } from '../support/microclaw-process.ts';

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '../..');
const MAX_INSTALL_BYTES = 25 * 1024 * 1024;

let home: MicroclawHome;
let prefix: string;
let installed: string;

beforeAll(async () => {
  home = await createHome();
  prefix = await mkdtemp(join(tmpdir(), 'microclaw-package-'));
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', prefix], { cwd: ROOT });
  const tarball = (await readdir(prefix)).find((name) => name.endsWith('.tgz'));
  const options = [
    '--omit=dev',
    '--offline',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--prefix',
    prefix,
  ];
  await run('npm', ['install', ...options, join(prefix, tarball ?? '')], { cwd: prefix });
  installed = join(prefix, 'node_modules/microclaw');
});

afterAll(async () => {
  await home.dispose();
  await rm(prefix, { recursive: true, force: true });
});

async function filesBelow(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

describe('the packed release', () => {
  it('installs nothing but itself, within the size budget', async () => {
    const modules = (await readdir(join(prefix, 'node_modules'))).filter((name) => !name.startsWith('.'));
    expect(modules).toEqual(['microclaw']);
    const sizes = await Promise.all(
      (await filesBelow(installed)).map(async (path) => (await stat(path)).size),
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(MAX_INSTALL_BYTES);
  });

  it('holds the program, its threads and the console, and no sources or caches', async () => {
    const names = (await filesBelow(installed)).map((path) => path.slice(installed.length + 1));
    expect(names).toEqual(
      expect.arrayContaining([
        'dist/main.js',
        'dist/storage-worker.js',
        'dist/html-worker.js',
        'dist/web/index.html',
        'dist/version.txt',
        'dist/help.txt',
      ]),
    );
    expect(
      names.filter((name) => /^(src|test|web|node_modules)\/|\.ts$|\.cache|launch\.sh/.test(name)),
    ).toEqual([]);
  });

  it('has the pages that its messages send people to', async () => {
    const sources = await filesBelow(join(installed, 'dist'));
    const texts = await Promise.all(
      sources.filter((path) => path.endsWith('.js')).map((path) => readFile(path, 'utf8')),
    );
    const named = new Set(texts.flatMap((text) => text.match(/docs\/[a-z/-]+\.md/g) ?? []));
    expect(named).toContain('docs/configuration.md');
    for (const page of named) expect((await stat(join(installed, page))).isFile()).toBe(true);
  });

  it('answers as a command', async () => {
    const command = join(prefix, 'node_modules/.bin/microclaw');
    const env = { ...process.env, PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}` };
    const { stdout } = await run(command, ['version'], { env });
    expect(stdout).toMatch(/^microclaw \d+\.\d+\.\d+\n$/);
  });

  it('serves the console and the API from where it is installed', async () => {
    const server = await startMicroclaw(home, { entry: join(installed, 'dist/main.js') });
    try {
      const page = await fetch(`${server.url}/`);
      expect(page.status).toBe(200);
      expect(await page.text()).toContain('<div id="root">');
      expect((await fetch(`${server.url}/api/health`)).status).toBe(200);
    } finally {
      expect(await server.stop()).toBe(0);
    }
  });
});
