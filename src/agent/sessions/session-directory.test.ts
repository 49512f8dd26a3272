import { afterEach, beforeEach, expect, test } from 'vitest';
import { StorageFixture } from '../../../test/support/storage-fixture.ts';
import type { ChatRepository } from '../../storage/repositories/chat-repository.ts';
import { SessionDirectory } from './session-directory.ts';

let fixture: StorageFixture;
let directory: SessionDirectory;
beforeEach(async () => {
  fixture = await StorageFixture.open();
  directory = new SessionDirectory(fixture.repositories.chats);
});
afterEach(() => fixture.dispose());

test('reading finds a chat by key, by id and by title, and creates none', async () => {
  const chat = await fixture.chat('ops');
  await fixture.repositories.chats.rename(chat.chatId, 'Operations');
  for (const key of ['ops', `chat:${chat.chatId}`, 'Operations', ' ops ']) {
    expect(await directory.find(key)).toMatchObject({ sessionKey: 'ops', chat: { chatId: chat.chatId } });
  }
  expect(await directory.find('nope')).toBeUndefined();
  await expect(directory.require('nope')).rejects.toMatchObject({ code: 'MC_SESSION_NOT_FOUND' });
  expect(await fixture.repositories.chats.list({ limit: 10 })).toHaveLength(1);
});

test('a key wins over another chat’s title, for reading and for writing', async () => {
  const other = await fixture.chat('other');
  await fixture.repositories.chats.rename(other.chatId, 'ops');
  const ops = await fixture.chat('ops');
  expect((await directory.find('ops'))?.chat.chatId).toBe(ops.chatId);
  expect((await directory.ensureWritable('ops')).chat.chatId).toBe(ops.chatId);
});

test('writing creates a chat once, also when many write at the same time', async () => {
  const sessions = await Promise.all(Array.from({ length: 20 }, () => directory.ensureWritable('new')));
  expect(new Set(sessions.map(({ chat }) => chat.chatId)).size).toBe(1);
  expect(sessions[0]).toMatchObject({ sessionKey: 'new', chat: { channel: 'web', externalId: 'new' } });
});

test('other channels and unknown ids cannot be written to', async () => {
  const chat = await fixture.repositories.chats.ensure({
    channel: 'telegram',
    externalId: '5',
    title: null,
    kind: 'private',
  });
  for (const key of [`chat:${chat.chatId}`, 'chat:999']) {
    await expect(directory.ensureWritable(key)).rejects.toMatchObject({ code: 'MC_SESSION_READ_ONLY' });
  }
});

test('a chat that was removed is not answered from memory', async () => {
  const chat = await fixture.chat('main');
  await directory.find('main');
  await directory.find(`chat:${chat.chatId}`);
  await fixture.repositories.chats.deleteCompletely(chat.chatId);
  directory.forget(chat.chatId);
  expect(await directory.find('main')).toBeUndefined();
  expect(await directory.find(`chat:${chat.chatId}`)).toBeUndefined();
});

test('a lookup that was under way while the chat was removed is not remembered', async () => {
  const chat = await fixture.chat('main');
  const held = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  const chats = fixture.repositories.chats;
  const slow = Object.create(chats, {
    findByExternal: {
      value: async (external: Parameters<ChatRepository['findByExternal']>[0]) => {
        const found = await chats.findByExternal(external);
        reached.resolve();
        await held.promise;
        return found;
      },
    },
    findWebByTitle: { value: chats.findWebByTitle.bind(chats) },
  });
  const slowDirectory = new SessionDirectory(slow);
  const lookup = slowDirectory.find('main');
  await reached.promise;
  await chats.deleteCompletely(chat.chatId);
  slowDirectory.forget(chat.chatId);
  held.resolve();
  expect(await lookup).toBeDefined();
  expect(await slowDirectory.find('main')).toBeUndefined();
});

test('what was found is answered from memory', async () => {
  await fixture.chat('main');
  let lookups = 0;
  const chats = fixture.repositories.chats;
  const counting = Object.create(chats, {
    findByExternal: {
      value: (external: Parameters<ChatRepository['findByExternal']>[0]) => {
        lookups += 1;
        return chats.findByExternal(external);
      },
    },
  });
  const counted = new SessionDirectory(counting);
  for (let lookup = 0; lookup < 5; lookup += 1) await counted.find('main');
  expect(lookups).toBe(1);
});
