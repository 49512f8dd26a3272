import { lstat, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../test/support/tool-fixture.ts';
import { channelSegment, chatIdSegment, createWorkspaces } from './workspace.ts';

describe('a chat’s working directory', () => {
  test('is made of channel and number, with tmp below, private to the owner', async () => {
    const workingDir = await temporaryDirectory();
    const { workspaceFor } = createWorkspaces({ workingDir, isolation: 'chat' });
    const { baseDir, tmpDir } = await workspaceFor({ channel: 'Telegram', chatId: -100123 });
    expect(baseDir).toBe(path.join(workingDir, 'chat/telegram/neg100123'));
    expect(tmpDir).toBe(path.join(baseDir, 'tmp'));
    expect((await stat(tmpDir)).mode & 0o077).toBe(0);
  });

  test('is one for all chats when it is shared', async () => {
    const workingDir = await temporaryDirectory();
    const { sharedDir, workspaceFor } = createWorkspaces({ workingDir, isolation: 'shared' });
    expect((await workspaceFor({ channel: 'web', chatId: 1 })).baseDir).toBe(sharedDir);
    expect((await workspaceFor({ channel: 'slack', chatId: 2 })).baseDir).toBe(sharedDir);
  });

  test.each([
    ['a file', (tmpDir: string) => writeFile(tmpDir, 'kept')],
    ['a link that leads nowhere', (tmpDir: string) => symlink('/nowhere/at/all', tmpDir)],
    ['a link to itself', (tmpDir: string) => symlink('tmp', tmpDir)],
  ])('has its tmp back after a command put %s there, which is kept beside it', async (_what, put) => {
    const { workspaceFor } = createWorkspaces({ workingDir: await temporaryDirectory(), isolation: 'chat' });
    const chat = { channel: 'web', chatId: 1 };
    const { baseDir, tmpDir } = await workspaceFor(chat);
    await rm(tmpDir, { recursive: true });
    await put(tmpDir);
    await workspaceFor(chat);
    expect((await lstat(tmpDir)).isDirectory()).toBe(true);
    expect(await readdir(baseDir)).toEqual(['tmp', expect.stringMatching(/^tmp-[0-9a-f]{8}$/)]);
  });

  test.each([
    ['web', 'web'],
    ['Feishu.Bot', 'feishu_bot'],
    ['../..', '_____'],
    ['', 'unknown'],
    ['ünï', '_n_'],
    ['a/b\\c', 'a_b_c'],
  ])('the channel %j becomes %j', (channel, expected) => {
    expect(channelSegment(channel)).toBe(expected);
  });

  test('numbers are written without sign', () => {
    expect([chatIdSegment(0), chatIdSegment(7), chatIdSegment(-7)]).toEqual(['0', '7', 'neg7']);
  });
});
