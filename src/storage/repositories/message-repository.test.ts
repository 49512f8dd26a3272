import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StorageFixture } from '../../../test/support/storage-fixture.ts';
import type { MessageRepository, StoredMessage } from './message-repository.ts';

describe('MessageRepository', () => {
  let fixture: StorageFixture;
  let messages: MessageRepository;
  let chatId: number;

  beforeEach(async () => {
    fixture = await StorageFixture.open();
    messages = fixture.repositories.messages;
    chatId = (await fixture.chat('main')).chatId;
  });

  afterEach(() => fixture.dispose());

  const texts = (page: readonly StoredMessage[]) => page.map((message) => message.content);

  async function store(count: number): Promise<number[]> {
    const seqs = [];
    for (let index = 1; index <= count; index += 1) seqs.push(await fixture.message(chatId, `${index}`));
    return seqs;
  }

  it('returns what was stored', async () => {
    const seq = await messages.insert({
      id: 'one',
      chatId,
      senderName: 'ann',
      content: 'Grüße 🐱\u0000 end',
      isFromBot: true,
      timestampMs: 1000,
      runId: 'r1',
    });
    expect(await messages.page(chatId, { limit: 1 })).toEqual([
      {
        seq,
        id: 'one',
        chatId,
        senderName: 'ann',
        content: 'Grüße 🐱\u0000 end',
        isFromBot: true,
        timestamp: '1970-01-01T00:00:01.000Z',
        runId: 'r1',
      },
    ]);
  });

  it('stores an id once per chat and not at all for a chat that does not exist', async () => {
    const message = { id: 'same', chatId, senderName: 'ann', content: 'x', isFromBot: false };
    await messages.insert(message);
    await expect(messages.insert(message)).rejects.toMatchObject({ code: 'MC_STORAGE_CONSTRAINT' });
    const other = await fixture.chat('other');
    await messages.insert({ ...message, chatId: other.chatId });
    await expect(messages.insert({ ...message, chatId: 999 })).rejects.toMatchObject({
      code: 'MC_STORAGE_CONSTRAINT',
    });
  });

  it('pages backwards and forwards, oldest first', async () => {
    const seqs = await store(5);
    await fixture.message((await fixture.chat('other')).chatId, 'not mine');
    expect(texts(await messages.page(chatId, { limit: 2 }))).toEqual(['4', '5']);
    expect(texts(await messages.page(chatId, { limit: 2, beforeSeq: seqs[3]! }))).toEqual(['2', '3']);
    expect(texts(await messages.page(chatId, { limit: 2, afterSeq: seqs[0]! }))).toEqual(['2', '3']);
    const between = await messages.page(chatId, { limit: 9, afterSeq: seqs[0]!, beforeSeq: seqs[4]! });
    expect(texts(between)).toEqual(['2', '3', '4']);
    expect(await messages.page(chatId, { limit: 0 })).toEqual([]);
    expect(await messages.count(chatId)).toBe(5);
  });

  it('walks a long transcript in pages', async () => {
    const statements = Array.from({ length: 1203 }, (_, index) =>
      messages.insertStatements({
        id: `n${index}`,
        chatId,
        senderName: 'ann',
        content: `${index}`,
        isFromBot: false,
      }),
    );
    await fixture.storage.write(statements.flat());
    const pages = [];
    for await (const page of messages.all(chatId)) pages.push(page);
    expect(pages.map((page) => page.length)).toEqual([500, 500, 203]);
    expect(texts(pages.flat())).toEqual(statements.map((_, index) => `${index}`));
  });

  it('rebuilds a group from what came after the bot spoke, a private chat from the newest', async () => {
    await store(3);
    await fixture.message(chatId, 'bot', { isFromBot: true });
    await fixture.message(chatId, '4');
    await fixture.message(chatId, '5');
    const recent = async (limit: number, sinceLastBot: boolean) =>
      texts(await messages.recentForRebuild(chatId, { limit, sinceLastBot }));
    expect(await recent(9, true)).toEqual(['4', '5']);
    expect(await recent(1, true)).toEqual(['5']);
    expect(await recent(4, false)).toEqual(['3', 'bot', '4', '5']);
  });

  it('finds the messages of people that no request of the chat brought in', async () => {
    const [first = 0] = await store(2);
    const { inbox } = fixture.repositories;
    const accepted = await inbox.accept({
      runId: 'r1',
      messageId: 'by request',
      chatId,
      sessionKey: 'main',
      channel: 'web',
      account: '',
      platformMessageId: null,
      actorKind: 'local',
      actorId: 'cli',
      principal: 'main',
      senderName: 'ann',
      content: 'by request',
    });
    await fixture.message(chatId, 'bot', { isFromBot: true });
    await fixture.message(chatId, 'copied', { runId: 'run of another chat' });
    const last = await fixture.message(chatId, 'last');
    expect(accepted.kind).toBe('accepted');
    expect(texts(await messages.unclaimedBetween(chatId, 0, last))).toEqual(['1', '2', 'copied']);
    expect(texts(await messages.unclaimedBetween(chatId, first, last))).toEqual(['2', 'copied']);
  });
});
