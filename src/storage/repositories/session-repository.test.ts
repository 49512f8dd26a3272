import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StorageFixture } from '../../../test/support/storage-fixture.ts';
import type { SessionRepository } from './session-repository.ts';

describe('SessionRepository', () => {
  let fixture: StorageFixture;
  let sessions: SessionRepository;
  let chatId: number;

  beforeEach(async () => {
    fixture = await StorageFixture.open();
    sessions = fixture.repositories.sessions;
    chatId = (await fixture.chat('main')).chatId;
  });

  afterEach(() => fixture.dispose());

  const texts = async () => {
    const loaded = await sessions.load(chatId);
    return loaded?.entries.map((entry) => JSON.parse(entry.contentJson)[0].text);
  };
  const summarise = (ids: readonly number[], generation = 0) =>
    sessions.replaceWithSummary({
      chatId,
      generation,
      runId: null,
      replacedEntryIds: ids,
      contentJson: JSON.stringify([{ type: 'text', text: 'summary' }]),
    });

  it('knows no session before the first entry', async () => {
    expect(await sessions.load(chatId)).toBeUndefined();
    expect(await sessions.find(chatId)).toBeUndefined();
  });

  it('returns entries in the order in which they were appended', async () => {
    for (const text of ['a', 'b', 'c']) await fixture.entry(chatId, text);
    expect(await texts()).toEqual(['a', 'b', 'c']);
    expect((await sessions.find(chatId))?.generation).toBe(0);
  });

  it('refuses an entry for another generation, together with its whole batch', async () => {
    await fixture.entry(chatId, 'a');
    const wrong = sessions.appendEntryStatement({
      chatId,
      generation: 1,
      runId: null,
      role: 'assistant',
      kind: 'message',
      contentJson: '[]',
    });
    const settings = sessions.lastInputTokensStatement(chatId, 500);
    await expect(fixture.storage.write([settings, wrong])).rejects.toMatchObject({
      code: 'MC_STORAGE_CONFLICT',
    });
    expect((await sessions.find(chatId))?.lastInputTokens).toBe(0);
  });

  it('puts a summary in front of what it leaves and destroys nothing', async () => {
    const ids = [];
    for (const text of ['a', 'b', 'c', 'd']) ids.push(await fixture.entry(chatId, text));
    await sessions.setLastInputTokens(chatId, 9000);
    const summaryId = await summarise(ids.slice(0, 2));
    expect(await texts()).toEqual(['summary', 'c', 'd']);
    expect((await sessions.find(chatId))?.lastInputTokens).toBe(0);
    const replaced = await fixture.storage.db
      .selectFrom('session_entries')
      .select('entry_id')
      .where('replaced_by', '=', summaryId)
      .execute();
    expect(replaced.map((row) => row.entry_id)).toEqual(ids.slice(0, 2));
  });

  it('replaces a summary by the next one, also when kept entries are older than it', async () => {
    const ids = [];
    for (const text of ['a', 'b', 'c', 'd']) ids.push(await fixture.entry(chatId, text));
    const first = await summarise(ids.slice(0, 1));
    const second = await summarise([first, ids[1]!]);
    expect(second).toBeGreaterThan(first);
    expect(await texts()).toEqual(['summary', 'c', 'd']);
  });

  it('replaces many entries at once', async () => {
    await fixture.entry(chatId, 'first');
    const statements = Array.from({ length: 1200 }, (_, index) =>
      sessions.appendEntryStatement({
        chatId,
        generation: 0,
        runId: null,
        role: 'user',
        kind: 'message',
        contentJson: `[{"type":"text","text":"${index}"}]`,
      }),
    );
    const results = await fixture.storage.write(statements);
    await summarise(results.map((result) => result.insertId!));
    expect(await texts()).toEqual(['summary', 'first']);
  });

  it('refuses a summary of entries that are not live, and one for a session that was reset', async () => {
    const id = await fixture.entry(chatId, 'a');
    await summarise([id]);
    await expect(summarise([id])).rejects.toMatchObject({ code: 'MC_STORAGE_CONFLICT' });
    await fixture.repositories.chats.resetContext(chatId, { messages: false });
    await expect(summarise([], 0)).rejects.toMatchObject({ code: 'MC_STORAGE_CONFLICT' });
    expect(await texts()).toEqual([]);
  });

  it('changes only the settings that are named, and never the cursor of seen messages', async () => {
    await fixture.turn(chatId, 'r1');
    const before = await sessions.find(chatId);
    await sessions.updateSettings(chatId, { thinkingLevel: 'high', label: 'Mine' });
    await sessions.updateSettings(chatId, { thinkingLevel: null });
    expect(await sessions.find(chatId)).toEqual({ ...before, label: 'Mine' });
  });

  it('creates the session when a setting comes first', async () => {
    await sessions.updateSettings(chatId, { verboseLevel: 'full' });
    expect(await sessions.find(chatId)).toMatchObject({
      verboseLevel: 'full',
      generation: 0,
      lastMessageId: 0,
    });
  });
});
