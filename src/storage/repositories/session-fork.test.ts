import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newRequest } from '../../../test/support/new-request.ts';
import { StorageFixture } from '../../../test/support/storage-fixture.ts';
import type { ForkRequest } from './session-fork.ts';

describe('forkSession', () => {
  let fixture: StorageFixture;
  let source: number;

  beforeEach(async () => {
    fixture = await StorageFixture.open();
    source = (await fixture.chat('main')).chatId;
  });

  afterEach(() => fixture.dispose());

  async function fork(options: Partial<ForkRequest> = {}): Promise<number> {
    const request = { sourceChatId: source, sourceSessionKey: 'main', targetSessionKey: 'b', ...options };
    const outcome = await fixture.repositories.sessions.fork(request);
    if (outcome.kind !== 'forked') throw new Error('the target exists');
    return outcome.chatId;
  }

  const transcript = async (chatId: number) =>
    (await fixture.repositories.messages.page(chatId, { limit: 99 })).map((message) => message.content);
  const context = async (chatId: number) => {
    const loaded = await fixture.repositories.sessions.load(chatId);
    return loaded?.entries.map((entry) => JSON.parse(entry.contentJson)[0].text);
  };
  const unseen = async (chatId: number) => {
    const session = await fixture.repositories.sessions.find(chatId);
    const found = await fixture.repositories.messages.unclaimedBetween(
      chatId,
      session?.lastMessageId ?? 0,
      1e9,
    );
    return found.map((message) => message.content);
  };

  it('copies transcript, context and settings, with new ids and the old times', async () => {
    await fixture.turn(source, 'r1');
    await fixture.repositories.sessions.updateSettings(source, { label: 'Mine', thinkingLevel: 'high' });
    const before = await fixture.repositories.messages.page(source, { limit: 9 });
    fixture.clock.advance(60_000);
    const chatId = await fork();
    const copied = await fixture.repositories.messages.page(chatId, { limit: 9 });
    expect(copied.map(({ content, timestamp, isFromBot }) => [content, timestamp, isFromBot])).toEqual(
      before.map(({ content, timestamp, isFromBot }) => [content, timestamp, isFromBot]),
    );
    expect(copied.some((message) => before.some((original) => original.id === message.id))).toBe(false);
    expect(await context(chatId)).toEqual(await context(source));
    expect(await unseen(chatId)).toEqual([]);
    const session = await fixture.repositories.sessions.find(chatId);
    expect(session).toMatchObject({
      label: 'Mine',
      thinkingLevel: 'high',
      parentSessionKey: 'main',
      forkPoint: 2,
    });
    expect(await fixture.repositories.chats.findById(chatId)).toMatchObject({
      externalId: 'b',
      title: 'b',
      channel: 'web',
      lastMessagePreview: 'answer of r1',
    });
  });

  it('survives the deletion of its source', async () => {
    await fixture.turn(source, 'r1');
    const chatId = await fork();
    await fixture.repositories.chats.deleteCompletely(source);
    expect(await transcript(chatId)).toEqual(['question of r1', 'answer of r1']);
    expect(await context(chatId)).toEqual(['question of r1', 'answer of r1']);
    expect((await fixture.repositories.sessions.find(chatId))?.parentSessionKey).toBe('main');
  });

  it('keeps the tool calls it shows when its source is deleted, until it is deleted itself', async () => {
    const { toolCalls, chats } = fixture.repositories;
    const shown = async (runId: string) => (await toolCalls.listByRuns([runId])).length;
    for (const runId of ['r1', 'r2']) {
      await fixture.turn(source, runId);
      await toolCalls.started({
        runId,
        chatId: source,
        toolUseId: 'call-1',
        ordinal: 0,
        name: 'bash',
        inputJson: '{}',
        summary: '',
        concurrency: 'exclusive',
      });
    }
    const first = await fork({ forkPoint: 2 });
    const second = await fork({ sourceChatId: first, sourceSessionKey: 'b', targetSessionKey: 'c' });
    await chats.deleteCompletely(source);
    expect([await shown('r1'), await shown('r2')]).toEqual([1, 0]);
    await chats.deleteCompletely(first);
    expect(await shown('r1')).toBe(1);
    await chats.deleteCompletely(second);
    expect(await shown('r1')).toBe(0);
  });

  it('ends the context before the first run it holds only in part', async () => {
    for (const run of ['r1', 'r2', 'r3']) await fixture.turn(source, run);
    const chatId = await fork({ forkPoint: 3 });
    expect(await transcript(chatId)).toEqual(['question of r1', 'answer of r1', 'question of r2']);
    expect(await context(chatId)).toEqual(['question of r1', 'answer of r1']);
    expect(await unseen(chatId)).toEqual(['question of r2']);
  });

  it('goes back behind a summary that was made after the fork point', async () => {
    for (const run of ['r1', 'r2', 'r3']) await fixture.turn(source, run);
    const loaded = await fixture.repositories.sessions.load(source);
    await fixture.repositories.sessions.replaceWithSummary({
      chatId: source,
      generation: 0,
      runId: 'r3',
      replacedEntryIds: loaded!.entries.slice(0, 4).map((entry) => entry.entryId),
      contentJson: JSON.stringify([{ type: 'text', text: 'summary of r1 and r2' }]),
    });
    expect(await context(source)).toEqual(['summary of r1 and r2', 'question of r3', 'answer of r3']);
    const early = await fork({ forkPoint: 2 });
    expect(await context(early)).toEqual(['question of r1', 'answer of r1']);
    const whole = await fork({ targetSessionKey: 'c' });
    expect(await context(whole)).toEqual(['summary of r1 and r2', 'question of r3', 'answer of r3']);
  });

  it('keeps a summary that was made before the fork point', async () => {
    await fixture.turn(source, 'r1');
    const loaded = await fixture.repositories.sessions.load(source);
    await fixture.repositories.sessions.replaceWithSummary({
      chatId: source,
      generation: 0,
      runId: 'r2',
      replacedEntryIds: loaded!.entries.map((entry) => entry.entryId),
      contentJson: JSON.stringify([{ type: 'text', text: 'summary of r1' }]),
    });
    await fixture.turn(source, 'r2');
    await fixture.turn(source, 'r3');
    const chatId = await fork({ forkPoint: 4 });
    expect(await context(chatId)).toEqual(['summary of r1', 'question of r2', 'answer of r2']);
  });

  it('leaves out what a run that is still going on has added', async () => {
    await fixture.turn(source, 'r1');
    const { inbox, turns } = fixture.repositories;
    const accepted = await inbox.accept(
      newRequest('r2', source, { messageId: 'running', content: 'still running' }),
    );
    if (accepted.kind !== 'accepted') throw new Error('not accepted');
    await turns.begin(
      { runId: 'r2', chatId: source, generation: 0 },
      {
        entries: [{ role: 'user', kind: 'message', contentJson: '[{"type":"text","text":"still running"}]' }],
        lastMessageSeq: accepted.item.messageSeq,
        lease: { owner: 'me', expiresAtMs: 1 },
      },
    );
    const chatId = await fork();
    expect(await transcript(chatId)).toEqual(['question of r1', 'answer of r1', 'still running']);
    expect(await context(chatId)).toEqual(['question of r1', 'answer of r1']);
    expect(await unseen(chatId)).toEqual(['still running']);
  });

  it('takes a fork point of zero, one beyond the end, and a source without a session', async () => {
    const empty = await fork({ forkPoint: 0 });
    expect(await transcript(empty)).toEqual([]);
    await fixture.message(source, 'from a webhook');
    const all = await fork({ targetSessionKey: 'c', forkPoint: 99 });
    expect(await transcript(all)).toEqual(['from a webhook']);
    expect(await fixture.repositories.sessions.find(all)).toMatchObject({
      forkPoint: 1,
      parentSessionKey: 'main',
    });
    expect(await unseen(all)).toEqual(['from a webhook']);
  });

  it('refuses a target that exists, and erases it when told to', async () => {
    await fixture.turn(source, 'r1');
    const existing = await fixture.chat('b');
    await fixture.message(existing.chatId, 'precious');
    const request = { sourceChatId: source, sourceSessionKey: 'main', targetSessionKey: 'b' };
    const refused = await fixture.repositories.sessions.fork(request);
    expect(refused).toEqual({ kind: 'target_exists', chatId: existing.chatId });
    expect(await transcript(existing.chatId)).toEqual(['precious']);
    const chatId = await fork({ overwrite: true });
    expect(chatId).not.toBe(existing.chatId);
    expect(await transcript(existing.chatId)).toEqual([]);
    expect(await transcript(chatId)).toEqual(['question of r1', 'answer of r1']);
  });

  it('leaves a target alone that another fork made at the same time', async () => {
    const request = { sourceChatId: source, sourceSessionKey: 'main', targetSessionKey: 'b' };
    const outcomes = await Promise.all(
      [false, true].map((overwrite) => fixture.repositories.sessions.fork({ ...request, overwrite })),
    );
    expect(outcomes.map(({ kind }) => kind)).toEqual(['forked', 'target_exists']);
    expect(new Set(outcomes.map((outcome) => 'chatId' in outcome && outcome.chatId)).size).toBe(1);
  });

  it('is refused whole when the source does not exist', async () => {
    const request = { sourceChatId: 999, sourceSessionKey: 'gone', targetSessionKey: 'b' };
    expect(await fixture.repositories.sessions.fork(request)).toEqual({ kind: 'source_missing' });
    expect(
      await fixture.repositories.chats.findByExternal({ channel: 'web', externalId: 'b' }),
    ).toBeUndefined();
  });

  it('can be forked again, in the middle', async () => {
    for (const run of ['r1', 'r2']) await fixture.turn(source, run);
    const first = await fork();
    const second = await fork({
      sourceChatId: first,
      sourceSessionKey: 'b',
      targetSessionKey: 'c',
      forkPoint: 2,
    });
    expect(await context(second)).toEqual(['question of r1', 'answer of r1']);
    expect(await unseen(second)).toEqual([]);
  });
});
