import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newRequest } from '../../../test/support/new-request.ts';
import { StorageFixture } from '../../../test/support/storage-fixture.ts';
import { CHAT_TABLES } from './chat-deletion.ts';
import type { ChatRepository } from './chat-repository.ts';

describe('ChatRepository', () => {
  let fixture: StorageFixture;
  let chats: ChatRepository;

  beforeEach(async () => {
    fixture = await StorageFixture.open();
    chats = fixture.repositories.chats;
  });

  afterEach(() => fixture.dispose());

  /** Puts a row into every table that can name a chat. */
  async function fillEverywhere(chatId: number, runId: string): Promise<void> {
    const { inbox, usage, artifacts, toolCalls, approvals } = fixture.repositories;
    await inbox.accept(newRequest(runId, chatId, { content: 'hello' }));
    await fixture.entry(chatId, 'hello', runId);
    const call = { runId, chatId, toolUseId: 't1', ordinal: 0, name: 'bash', inputJson: '{}' };
    await toolCalls.started({ ...call, summary: 'ls', concurrency: 'side_effect' });
    await artifacts.save({ chatId, toolName: 'bash', content: 'long', ttlMs: 1000 });
    await approvals.ask({
      ...call,
      approvalId: `apv_${runId}`,
      sessionKey: 'main',
      channel: 'web',
      requesterKind: 'local',
      requesterId: 'cli',
      principal: 'main',
      tool: 'bash',
      risk: 'high',
      fingerprint: 'f',
      summary: 'ls',
      cwd: null,
      reasonsJson: '[]',
      expiresAtMs: Date.parse('2100-01-01T00:00:00.000Z'),
    });
    const answer = { decision: 'always', note: null, answeredBy: 'cli' } as const;
    await approvals.answer(`apv_${runId}`, answer);
    await usage.insert({
      chatId,
      runId,
      callerChannel: 'web',
      provider: 'p',
      model: 'm',
      inputTokens: 1,
      outputTokens: 1,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      costMicroUsd: null,
      requestKind: 'agent_loop',
      durationMs: 1,
    });
  }

  const rowsOf = async (chatId: number) => {
    const counts: Record<string, number> = {};
    for (const table of CHAT_TABLES) {
      const rows = await fixture.storage.db
        .selectFrom(table)
        .select('chat_id')
        .where('chat_id', '=', chatId)
        .execute();
      counts[table] = rows.length;
    }
    return counts;
  };

  it('creates a chat once, however many ask for it at the same time', async () => {
    const made = await Promise.all(Array.from({ length: 10 }, () => fixture.chat('main')));
    expect(new Set(made.map((chat) => chat.chatId)).size).toBe(1);
    expect(made[0]).toMatchObject({
      channel: 'web',
      account: '',
      externalId: 'main',
      kind: 'private',
      title: 'main',
    });
    expect(await chats.findById(made[0]!.chatId)).toEqual(made[0]);
  });

  it('keeps accounts and channels apart', async () => {
    const base = { externalId: '55', title: null, kind: 'group' } as const;
    const first = await chats.ensure({ ...base, channel: 'telegram' });
    const second = await chats.ensure({ ...base, channel: 'telegram', account: 'ops' });
    const third = await chats.ensure({ ...base, channel: 'matrix' });
    expect(new Set([first.chatId, second.chatId, third.chatId]).size).toBe(3);
    const found = await chats.findByExternal({ channel: 'telegram', account: 'ops', externalId: '55' });
    expect(found).toEqual(second);
    expect(await chats.findByExternal({ channel: 'web', externalId: '55' })).toBeUndefined();
  });

  it('finds the web chat of a title that was active last', async () => {
    const older = await fixture.chat('first');
    const newer = await fixture.chat('second');
    for (const chat of [older, newer]) await chats.rename(chat.chatId, 'plans');
    fixture.clock.advance(1000);
    await fixture.message(older.chatId, 'hello');
    expect((await chats.findWebByTitle('plans'))?.chatId).toBe(older.chatId);
    expect(await chats.findWebByTitle('nothing')).toBeUndefined();
    expect(await chats.rename(999, 'x')).toBe(false);
  });

  it('lists the newest first in pages without gaps or repeats', async () => {
    for (let index = 0; index < 7; index += 1) {
      await fixture.chat(`chat-${index}`);
      if (index % 2 === 0) fixture.clock.advance(1000);
    }
    const whole = await chats.list({ limit: 100 });
    const paged = [];
    for (let before: (typeof whole)[number] | undefined; ; ) {
      const page = await chats.list({ limit: 2, ...(before === undefined ? {} : { before }) });
      paged.push(...page);
      before = page.at(-1);
      if (before === undefined) break;
    }
    expect(paged).toEqual(whole);
    const times = whole.map((chat) => chat.lastMessageTime);
    expect(times).toEqual([...times].sort().reverse());
  });

  it('finds chats by title, label or platform id, with pattern characters taken literally', async () => {
    const plain = await fixture.chat('Garden plans');
    const percent = await fixture.chat('100% done_now');
    const labelled = await fixture.chat('x1');
    await fixture.repositories.sessions.updateSettings(labelled.chatId, { label: 'Holiday' });
    await chats.ensure({ channel: 'telegram', externalId: '424242', title: null, kind: 'private' });
    const found = async (query: string) => (await chats.list({ limit: 9, query })).map((chat) => chat.chatId);
    expect(await found('garden')).toEqual([plain.chatId]);
    expect(await found('0% d')).toEqual([percent.chatId]);
    expect(await found('e_n')).toEqual([percent.chatId]);
    expect(await found('holi')).toEqual([labelled.chatId]);
    expect(await found('4242')).toHaveLength(1);
    for (const wild of ['g%p', '_arden', '\\']) expect(await found(wild), wild).toEqual([]);
    expect((await chats.list({ limit: 9, channel: 'telegram' })).map((chat) => chat.externalId)).toEqual([
      '424242',
    ]);
  });

  it('shows the newest message and the label in the list', async () => {
    const chat = await fixture.chat('main');
    fixture.clock.advance(5000);
    await fixture.message(chat.chatId, '🐱'.repeat(300));
    await fixture.repositories.sessions.updateSettings(chat.chatId, { label: 'Cats' });
    const [item] = await chats.list({ limit: 1 });
    expect(item).toMatchObject({ label: 'Cats', lastMessageTime: '2030-01-01T00:00:05.000Z' });
    expect([...(item?.lastMessagePreview ?? '')]).toHaveLength(200);
  });

  it('draws the tree from the chats that have a session, the one changed last first', async () => {
    const main = await fixture.chat('main');
    await fixture.chat('no session');
    await fixture.turn(main.chatId, 'r1');
    fixture.clock.advance(1000);
    await fixture.repositories.sessions.fork({
      sourceChatId: main.chatId,
      sourceSessionKey: 'main',
      targetSessionKey: 'b',
      forkPoint: 1,
    });
    const nodes = await chats.tree(10);
    expect(nodes.map((node) => node.externalId)).toEqual(['b', 'main']);
    expect(nodes[0]).toMatchObject({ parentSessionKey: 'main', forkPoint: 1, title: 'b' });
    expect(nodes[1]).toMatchObject({ parentSessionKey: null, forkPoint: null });
    expect(await chats.tree(1)).toHaveLength(1);
  });

  it('deletes every row of a chat and none of another', async () => {
    const [gone, kept] = [await fixture.chat('gone'), await fixture.chat('kept')];
    await fillEverywhere(gone.chatId, 'r1');
    await fillEverywhere(kept.chatId, 'r2');
    const before = await rowsOf(kept.chatId);
    expect(Object.entries(before).filter(([, count]) => count === 0)).toEqual([]);
    expect(await chats.deleteCompletely(gone.chatId)).toBe(true);
    expect(Object.values(await rowsOf(gone.chatId)).every((count) => count === 0)).toBe(true);
    expect(await rowsOf(kept.chatId)).toEqual(before);
    expect(await chats.deleteCompletely(gone.chatId)).toBe(false);
  });

  it('never gives the id of a deleted chat to another', async () => {
    const gone = await fixture.chat('gone');
    await chats.deleteCompletely(gone.chatId);
    expect((await fixture.chat('gone')).chatId).toBeGreaterThan(gone.chatId);
  });

  it('does not let a late write bring back parts of a deleted chat', async () => {
    const chat = await fixture.chat('gone');
    await chats.deleteCompletely(chat.chatId);
    await expect(fixture.message(chat.chatId, 'late')).rejects.toMatchObject({
      code: expect.stringMatching(/^MC_STORAGE_(CONSTRAINT|CONFLICT)$/),
    });
    expect(Object.values(await rowsOf(chat.chatId)).every((count) => count === 0)).toBe(true);
  });

  describe('resetContext', () => {
    it('clears the context, keeps settings, usage and runs, and refuses a late append', async () => {
      const chat = await fixture.chat('main');
      await fillEverywhere(chat.chatId, 'r1');
      await fixture.repositories.sessions.updateSettings(chat.chatId, {
        label: 'Mine',
        thinkingLevel: 'high',
      });
      const { sessions } = fixture.repositories;
      const late = sessions.appendEntryStatement({
        chatId: chat.chatId,
        generation: 0,
        runId: 'r1',
        role: 'assistant',
        kind: 'message',
        contentJson: '[]',
      });
      expect(await chats.resetContext(chat.chatId, { messages: false })).toBe(true);
      await expect(fixture.storage.write([late])).rejects.toMatchObject({ code: 'MC_STORAGE_CONFLICT' });
      const loaded = await sessions.load(chat.chatId);
      expect(loaded?.entries).toEqual([]);
      expect(loaded?.session).toMatchObject({
        generation: 1,
        label: 'Mine',
        thinkingLevel: 'high',
        lastInputTokens: 0,
      });
      expect(await rowsOf(chat.chatId)).toMatchObject({
        messages: 1,
        turns: 1,
        tool_calls: 1,
        llm_usage_logs: 1,
      });
    });

    it('counts the transcript it leaves as seen', async () => {
      const chat = await fixture.chat('main');
      await fixture.entry(chat.chatId, 'old');
      const seq = await fixture.message(chat.chatId, 'not yet seen');
      await chats.resetContext(chat.chatId, { messages: false });
      expect((await fixture.repositories.sessions.find(chat.chatId))?.lastMessageId).toBe(seq);
    });

    it('deletes the transcript when asked, and later messages are still new to the session', async () => {
      const chat = await fixture.chat('main');
      await fixture.turn(chat.chatId, 'r1');
      expect(await chats.resetContext(chat.chatId, { messages: true })).toBe(true);
      expect(await fixture.repositories.messages.count(chat.chatId)).toBe(0);
      expect((await chats.findById(chat.chatId))?.lastMessagePreview).toBeNull();
      const session = await fixture.repositories.sessions.find(chat.chatId);
      const next = await fixture.message(chat.chatId, 'hello again');
      expect(next).toBeGreaterThan(session?.lastMessageId ?? 0);
    });

    it('says when there was nothing to clear', async () => {
      const chat = await fixture.chat('main');
      expect(await chats.resetContext(chat.chatId, { messages: true })).toBe(false);
      expect(await chats.resetContext(999, { messages: true })).toBe(false);
    });
  });
});
