import { stat } from 'node:fs/promises';
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
