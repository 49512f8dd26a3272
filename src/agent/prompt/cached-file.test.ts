import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CachedFiles } from './cached-file.ts';

let directory: string;
let now: number;
let files: CachedFiles;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'microclaw-files-'));
  now = 0;
  files = new CachedFiles({ freshMs: 1000, maxEntries: 2, maxBytes: 10, now: () => now });
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

const path = (name: string) => join(directory, name);

/** Writes with a modification time of its own, so that a change is one whatever the file system's clock does. */
async function write(name: string, text: string, mtimeSecs = 1): Promise<void> {
  await writeFile(path(name), text);
  await utimes(path(name), mtimeSecs, mtimeSecs);
}

it('reads a file trimmed; a missing, blank or unreadable one is absent', async () => {
  await write('a', '  text \n');
  await write('blank', ' \n ');
  await mkdir(path('directory'));
  expect(await files.read(path('a'))).toBe('text');
  for (const name of ['blank', 'missing', 'directory']) {
    expect(await files.read(path(name))).toBeUndefined();
  }
});

it('asks the file system again only after its time', async () => {
  await write('a', 'old');
  expect(await files.read(path('a'))).toBe('old');
  await write('a', 'new', 2);
  now = 999;
  expect(await files.read(path('a'))).toBe('old');
  now = 1000;
  expect(await files.read(path('a'))).toBe('new');
});

it('sees a change of its own at once after forget, also a new and a removed file', async () => {
  expect(await files.read(path('a'))).toBeUndefined();
  await write('a', 'new');
  files.forget(path('a'));
  expect(await files.read(path('a'))).toBe('new');
  await rm(path('a'));
  files.forget(path('a'));
  expect(await files.read(path('a'))).toBeUndefined();
});

it('keeps an unchanged text without reading it again', async () => {
  await write('a', 'text');
  await files.read(path('a'));
  await writeFile(path('a'), 'hack'); // same size, and the same time below: the stamp does not change
  await utimes(path('a'), 1, 1);
  now = 5000;
  expect(await files.read(path('a'))).toBe('text');
});

it('reads no more than its limit, in whole characters', async () => {
  await write('exact', '0123456789');
  await write('long', '0123456789ABC');
  await write('wide', 'äöüßéè');
  expect(await files.read(path('exact'))).toBe('0123456789');
  expect(await files.read(path('long'))).toBe('0123456789');
  expect(await files.read(path('wide'))).toBe('äöüßé');
  await write('odd', 'aäöüßé');
  expect(await files.read(path('odd'))).toBe('aäöüß');
});

it('holds a bounded number of files', async () => {
  for (const name of ['a', 'b', 'c']) await write(name, 'old');
  for (const name of ['a', 'b', 'c']) await files.read(path(name));
  for (const name of ['a', 'c']) await write(name, 'new', 2);
  expect(await files.read(path('c'))).toBe('old'); // held
  expect(await files.read(path('a'))).toBe('new'); // had been dropped
});

it('lists the markdown files of a directory by name', async () => {
  for (const name of ['b.md', 'a.md', 'c.txt']) await write(name, 'x');
  expect(await files.listMarkdown(directory)).toEqual(['a.md', 'b.md']);
  await write('0.md', 'x');
  expect(await files.listMarkdown(directory)).toEqual(['a.md', 'b.md']);
  now = 1000;
  expect(await files.listMarkdown(directory)).toEqual(['0.md', 'a.md', 'b.md']);
  expect(await files.listMarkdown(path('missing'))).toEqual([]);
});
