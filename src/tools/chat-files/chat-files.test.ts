import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChatRef } from '../../core/chat.ts';
import { readFileIfPresent, writeFileAtomic } from './atomic-file.ts';
import { createGroupDirectories } from './group-directories.ts';
import { targetChat } from './target-chat.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'chat-files-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe('group directories', () => {
  it('puts a chat below its channel', () => {
    const groups = createGroupDirectories('/data/runtime');
    expect(groups.chatDir({ channel: 'telegram', chatId: 100 })).toBe('/data/runtime/groups/telegram/100');
    expect(groups.chatDir({ channel: 'Telegram', chatId: -7 })).toBe('/data/runtime/groups/telegram/neg7');
    expect(groups.channelDir('web')).toBe('/data/runtime/groups/web');
  });

  it('never leaves the groups directory, whatever the channel is called', () => {
    const groups = createGroupDirectories('/data/runtime');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer(), (channel, chatId) => {
        const relative = path.relative(groups.root, groups.chatDir({ channel, chatId }));
        expect(relative.split(path.sep)).toHaveLength(2);
        expect(relative).not.toContain('..');
      }),
    );
  });
});

describe('writeFileAtomic', () => {
  it('creates parents, replaces the file and leaves nothing else behind', async () => {
    const file = path.join(root, 'a', 'b', 'FILE.md');
    await writeFileAtomic(file, 'one');
    await writeFileAtomic(file, 'two');
    expect(await readFile(file, 'utf8')).toBe('two');
    expect(await readdir(path.dirname(file))).toEqual(['FILE.md']);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('removes its temporary file when the name cannot be taken', async () => {
    const file = path.join(root, 'taken');
    await writeFileAtomic(path.join(file, 'inside'), 'x');
    await expect(writeFileAtomic(file, 'y')).rejects.toThrow();
    expect(await readdir(root)).toEqual(['taken']);
  });
});

describe('readFileIfPresent', () => {
  it('tells a missing file from one that cannot be read', async () => {
    expect(await readFileIfPresent(path.join(root, 'missing'))).toBeUndefined();
    await expect(readFileIfPresent(root)).rejects.toThrow();
  });
});

describe('targetChat', () => {
  const own: ChatRef = { chatId: 1, channel: 'web', externalId: 'main', kind: 'private' };
  const other: ChatRef = { chatId: 2, channel: 'telegram', externalId: '2', kind: 'group' };
  const chats = { find: async (id: number) => (id === 2 ? other : undefined) };

  it('is the caller’s chat without an id', async () => {
    expect(await targetChat(undefined, { chat: own }, chats)).toEqual({ kind: 'found', chat: own });
  });

  it('carries the channel of the named chat, not of the caller', async () => {
    expect(await targetChat(2, { chat: own }, chats)).toEqual({ kind: 'found', chat: other });
  });

  it('says so when there is no such chat', async () => {
    const target = await targetChat(3, { chat: own }, chats);
    expect(target).toMatchObject({ kind: 'unknown', outcome: { isError: true } });
  });
});
