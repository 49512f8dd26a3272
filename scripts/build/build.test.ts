import { mkdir, mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { precompress } from './bundle-web.ts';
import { hashInputs } from './inputs-hash.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'microclaw-build-'));
  await mkdir(join(root, 'src'));
  await writeFile(join(root, 'src/a.ts'), 'export const a = 1;\n');
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe('hashInputs', () => {
  const hash = () => hashInputs(root, ['src/**/*']);

  it('stays the same when a file is only touched or a test changes', async () => {
    const before = await hash();
    await utimes(join(root, 'src/a.ts'), new Date(0), new Date(0));
    await writeFile(join(root, 'src/a.test.ts'), 'new test');
    expect(await hash()).toBe(before);
  });

  it('changes with content, name and number of files', async () => {
    const hashes = [await hash()];
    await writeFile(join(root, 'src/a.ts'), 'export const a = 2;\n');
    hashes.push(await hash());
    await writeFile(join(root, 'src/b.ts'), '');
    hashes.push(await hash());
    await rm(join(root, 'src/b.ts'));
    await writeFile(join(root, 'src/c.ts'), '');
    hashes.push(await hash());
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});

it('compresses large text files only', async () => {
  const page = 'a line of text\n'.repeat(100);
  await writeFile(join(root, 'index.html'), page);
  await writeFile(join(root, 'small.css'), 'a{}');
  await writeFile(join(root, 'image.png'), Buffer.alloc(2000));
  await precompress(root);
  expect(gunzipSync(await readFile(join(root, 'index.html.gz'))).toString()).toBe(page);
  expect(brotliDecompressSync(await readFile(join(root, 'index.html.br'))).toString()).toBe(page);
  await expect(stat(join(root, 'small.css.gz'))).rejects.toThrow();
  await expect(stat(join(root, 'image.png.gz'))).rejects.toThrow();
});
