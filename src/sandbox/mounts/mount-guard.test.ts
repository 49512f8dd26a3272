import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { sandboxHome } from '../../../test/support/sandbox-fixture.ts';
import { temporaryDirectory } from '../../../test/support/tool-fixture.ts';
import { assertMountable, isWithin } from './mount-guard.ts';
import { planMounts } from './mount-plan.ts';

const NO_RULES = { allowedRoots: [], hiddenPaths: [] };

async function directory(...names: string[]): Promise<string> {
  const created = path.join(await temporaryDirectory(), ...names);
  await mkdir(created, { recursive: true });
  return created;
}

describe('a mount', () => {
  test('is an existing directory', async () => {
    await expect(assertMountable(await directory('chat'), NO_RULES)).resolves.toBeUndefined();
    await expect(assertMountable('/nowhere/at/all', NO_RULES)).rejects.toThrow(/ENOENT/);
    const file = path.join(await directory('chat'), 'file');
    await writeFile(file, '');
    await expect(assertMountable(file, NO_RULES)).rejects.toThrow(/is not a directory/);
  });

  test.each(['relative/path', '/a/../b', '/a//b', '/a/'])('is not written as %s', async (written) => {
    await expect(assertMountable(written, NO_RULES)).rejects.toMatchObject({
      code: 'MC_SANDBOX_MOUNT_REFUSED',
    });
  });

  test.each(['.ssh', '.gnupg', '.aws', '.azure', '.gcloud', '.kube', '.docker', '.SSH'])(
    'is not in the secret directory %s',
    async (name) => {
      await expect(assertMountable(await directory(name, 'deep'), NO_RULES)).rejects.toThrow(
        /place for secrets/,
      );
    },
  );

  test.each(['.env', '.env.local', '.netrc', '.npmrc', 'id_rsa', 'id_ed25519', 'credentials', 'private_key'])(
    'is not called %s',
    async (name) => {
      await expect(assertMountable(await directory(name), NO_RULES)).rejects.toThrow(/place for secrets/);
    },
  );

  test('has no symbolic link on its way', async () => {
    const base = await directory('real', 'chat');
    const link = path.join(path.dirname(path.dirname(base)), 'link');
    await symlink(path.dirname(base), link);
    await expect(assertMountable(path.join(link, 'chat'), NO_RULES)).rejects.toThrow(/symbolic link/);
    await expect(assertMountable(link, NO_RULES)).rejects.toThrow(/symbolic link/);
  });

  test('does not contain what must stay hidden, but may be inside of it', async () => {
    const chat = await directory('data', 'chat');
    const data = path.dirname(chat);
    const rules = { allowedRoots: [], hiddenPaths: [data] };
    await expect(assertMountable(chat, rules)).resolves.toBeUndefined();
    await expect(assertMountable(data, rules)).rejects.toThrow(/contains/);
    await expect(assertMountable(path.dirname(data), rules)).rejects.toThrow(/contains/);
  });

  test('is below an allowed directory when there is a list of them', async () => {
    const chat = await directory('chat');
    const allow = (root: string) => assertMountable(chat, { allowedRoots: [root], hiddenPaths: [] });
    await expect(allow(path.dirname(chat))).resolves.toBeUndefined();
    await expect(allow(chat)).resolves.toBeUndefined();
    await expect(allow(chat.slice(0, -1))).rejects.toThrow(/mount allowlist/);
    await expect(allow(path.join(chat, 'deeper'))).rejects.toThrow(/mount allowlist/);
  });
});

test('a directory is within itself and its parents only', () => {
  expect(isWithin('/a/b', '/a')).toBe(true);
  expect(isWithin('/a', '/a')).toBe(true);
  expect(isWithin('/a/..b', '/a')).toBe(true);
  expect(isWithin('/ab', '/a')).toBe(false);
  expect(isWithin('/', '/a')).toBe(false);
});

describe('the plan of mounts', () => {
  test('has the chat alone while nothing else exists, and what exists afterwards', async () => {
    const { cwd, options, dir } = await sandboxHome();
    const skills = path.join(dir, 'data', 'skills');
    const withSkills = { ...options, readOnlyDirs: [skills] };
    expect(await planMounts(cwd, withSkills)).toEqual([{ path: cwd, access: 'read_write' }]);
    await mkdir(skills);
    await mkdir(options.sharedDir);
    expect(await planMounts(cwd, withSkills)).toEqual([
      { path: skills, access: 'read_only' },
      { path: options.sharedDir, access: 'read_write' },
      { path: cwd, access: 'read_write' },
    ]);
  });

  test('is refused when the allowlist exists and cannot be read', async () => {
    const { cwd, options, dir } = await sandboxHome();
    await expect(planMounts(cwd, { ...options, mountAllowlistFile: dir })).rejects.toThrow(/cannot be read/);
  });

  test('is refused when the shared directory became a link', async () => {
    const { cwd, otherChat, options } = await sandboxHome();
    await symlink(otherChat, options.sharedDir);
    await expect(planMounts(cwd, options)).rejects.toThrow(/symbolic link/);
  });

  test('sees through a link to what must stay hidden', async () => {
    const { cwd, options, dir } = await sandboxHome();
    const link = path.join(dir, 'link');
    await symlink(cwd, link);
    const hiddenPaths = [path.join(link, 'secret')];
    await mkdir(path.join(cwd, 'secret'));
    await expect(planMounts(cwd, { ...options, hiddenPaths })).rejects.toThrow(/contains/);
  });
});
