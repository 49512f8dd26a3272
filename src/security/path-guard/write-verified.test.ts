import { chmod, link, lstat, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { createGuardedPlace } from '../../../test/support/guarded-place.ts';
import type { PathGuard, PathScope } from './path-guard.ts';

let base: string;
let guard: PathGuard;
let scope: PathScope;

beforeEach(async () => {
  ({ base, guard, scope } = await createGuardedPlace());
});

describe('opening and writing', () => {
  test('opens a plain file and rejects with the system’s error otherwise', async () => {
    const opened = await guard.open('src/main.ts', scope);
    if (!opened.allowed) throw new Error(opened.message);
    expect(await opened.handle.readFile('utf8')).toBe('main');
    await opened.handle.close();
    await expect(guard.open('missing.txt', scope)).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(guard.open('src', scope)).rejects.toMatchObject({ code: 'EISDIR' });
  });

  test('creates parents and leaves no other file', async () => {
    expect(await guard.write('a/b/c.txt', 'hello', 'replace', scope)).toEqual({
      allowed: true,
      realPath: path.join(base, 'a/b/c.txt'),
    });
    expect(await readFile(path.join(base, 'a/b/c.txt'), 'utf8')).toBe('hello');
    expect(await readdir(path.join(base, 'a/b'))).toEqual(['c.txt']);
  });

  test('keeps the mode of the file it replaces and does not touch a second name of the old one', async () => {
    const script = path.join(base, 'run.sh');
    await writeFile(script, 'old', { mode: 0o755 });
    await link(script, path.join(base, 'other-name'));
    await guard.write('run.sh', 'new', 'replace', scope);
    expect((await stat(script)).mode & 0o777).toBe(0o755);
    expect(await readFile(path.join(base, 'other-name'), 'utf8')).toBe('old');
  });

  test('writes through a link that stays inside, and keeps the link', async () => {
    await symlink('src/main.ts', path.join(base, 'shortcut'));
    await guard.write('shortcut', 'changed', 'replace', scope);
    expect((await lstat(path.join(base, 'shortcut'))).isSymbolicLink()).toBe(true);
    expect(await readFile(path.join(base, 'src/main.ts'), 'utf8')).toBe('changed');
  });

  test('in mode create an existing file is an error and stays', async () => {
    await expect(guard.write('src/main.ts', 'x', 'create', scope)).rejects.toMatchObject({ code: 'EEXIST' });
    expect(await readFile(path.join(base, 'src/main.ts'), 'utf8')).toBe('main');
    await guard.write('src/second.ts', 'x', 'create', scope);
    expect(await readdir(path.join(base, 'src'))).toEqual(['deep', 'main.ts', 'second.ts', 'up']);
  });

  test('a file where a directory is needed is the system’s error', async () => {
    await expect(guard.write('src/main.ts/x', 'x', 'replace', scope)).rejects.toMatchObject({
      code: 'ENOTDIR',
    });
    await expect(guard.write('src', 'x', 'replace', scope)).rejects.toMatchObject({ code: 'EISDIR' });
  });
});

describe('what a write leaves', () => {
  test('keeps the permissions of a file but not that it runs as its owner', async () => {
    const file = path.join(base, 'tool.sh');
    await writeFile(file, 'old');
    await chmod(file, 0o6755);
    await guard.write('tool.sh', 'new', 'replace', scope);
    expect((await stat(file)).mode & 0o7777).toBe(0o755);
  });
});
