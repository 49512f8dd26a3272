import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundleServer } from './bundle-server.ts';
import { listBundledSources } from './launch-files.ts';

const run = promisify(execFile);

describe('listBundledSources', () => {
  const list = (...paths: readonly string[]) =>
    listBundledSources(
      '/a clone',
      paths.map((path) => `/a clone/${path}`),
    );

  it('is a script that sets the sources and nothing else of the bundle', async () => {
    const script = list('src/main.ts', 'node_modules/zod/index.js', 'package.json', '../elsewhere/src/x.ts');
    const { stdout } = await run('/bin/sh', ['-c', `${script}printf '<%s>' $bundled_sources`]);
    expect(stdout).toBe('<package.json><src/main.ts>');
  });

  it('names the folders of the sources, and the sources at the top themselves', async () => {
    const script = list('src/x/a.ts', 'src/main.ts', 'src/x/b.ts', 'package.json');
    const { stdout } = await run('/bin/sh', ['-c', `${script}printf '<%s>' $bundled_places`]);
    expect(stdout).toBe('<package.json><src><src/x>');
  });

  it.each(['src/a b.ts', "src/a'b.ts", 'src/*.ts', 'src/$a.ts', 'src/a\nb.ts'])('refuses %j', (path) => {
    expect(() => list('src/main.ts', path)).toThrow('such a name');
  });

  it('refuses a bundle without the program', () => {
    expect(() => list('src/a.ts')).toThrow('src/main.ts');
  });
});

describe('a build', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'microclaw-launch-files-'));
    await mkdir(join(root, 'src'));
    await writeFile(
      join(root, 'src/main.ts'),
      `import { a } from './door.ts'; console.log(a, process.argv[2]);`,
    );
    await writeFile(
      join(root, 'src/door.ts'),
      `export { a } from './a.ts'; export type { T } from './type.ts';`,
    );
    await writeFile(join(root, 'src/a.ts'), `export const a = 'a';`);
    await writeFile(join(root, 'src/type.ts'), 'export type T = 1;');
    await writeFile(join(root, 'src/a.test.ts'), '');
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const built = (name: string) => readFile(join(root, 'dist', name), 'utf8');

  it('lists every module it read, also one that only passes others on, and no type or test', async () => {
    await bundleServer(root, join(root, 'dist'));
    expect(await built('launch.sh')).toContain("'src/a.ts\nsrc/door.ts\nsrc/main.ts'");
  });

  it('keeps what the built program prints', async () => {
    await bundleServer(root, join(root, 'dist'));
    expect(await built('version.txt')).toBe('a --version\n');
    expect(await built('help.txt')).toBe('a --help\n');
  });

  it('has no list when it fails', async () => {
    await bundleServer(root, join(root, 'dist'));
    await writeFile(join(root, 'src/a.ts'), 'export const a = process.exit(1);');
    await expect(bundleServer(root, join(root, 'dist'))).rejects.toThrow('--version');
    await expect(access(join(root, 'dist/launch.sh'))).rejects.toThrow('ENOENT');
  });
});
