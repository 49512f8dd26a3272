import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newRequest } from '../../../test/support/new-request.ts';
import { StorageFixture } from '../../../test/support/storage-fixture.ts';
import type { NewInboxItem } from './inbox-repository.ts';

let fixture: StorageFixture;
let chatId: number;

beforeEach(async () => {
  fixture = await StorageFixture.open();
  chatId = (await fixture.chat('main')).chatId;
});
afterEach(() => fixture.dispose());

const LEASE_MS = 60_000;

const item = (runId: string, changes: Partial<NewInboxItem> = {}) => newRequest(runId, chatId, changes);

function start(runId: string) {
  const content = [{ type: 'text', text: runId }];
  return {
    entry: { role: 'user', kind: 'message', contentJson: JSON.stringify(content) },
    lease: { owner: 'test', expiresAtMs: fixture.clock.now() + LEASE_MS },
  } as const;
}

const accept = (runId: string, changes: Partial<NewInboxItem> = {}) =>
  fixture.repositories.inbox.accept(item(runId, changes), start(runId));

async function makeSession(): Promise<void> {
  await fixture.storage.write([fixture.repositories.sessions.ensureStatement(chatId)]);
}

async function rowsOf(runId: string) {
  const { db } = fixture.storage;
  const one = (table: 'inbox' | 'turns') =>
    db.selectFrom(table).selectAll().where('run_id', '=', runId).executeTakeFirstOrThrow();
  const session = await fixture.repositories.sessions.load(chatId);
  return { inbox: await one('inbox'), turn: await one('turns'), session };
}

/** What does not differ between two requests that came to the same. */
function comparable({ inbox, turn, session }: Awaited<ReturnType<typeof rowsOf>>) {
  const { state, lease_owner, lease_expires_at, message_seq } = inbox;
  return {
    inbox: { state, lease_owner, lease_expires_at },
    turn: { state: turn.state, phase: turn.phase, started_at: turn.started_at },
    cursorOnMessage: session?.session.lastMessageId === message_seq,
    lastEntry: { ...session?.entries.at(-1), entryId: 0 },
  };
}

describe('a request that may begin with its acceptance', () => {
  it('leaves the rows that accepting and beginning one after the other leave', async () => {
    const { inbox, turns } = fixture.repositories;
    await makeSession();
    const plain = await inbox.accept(item('run'));
    if (plain.kind !== 'accepted') throw new Error('not accepted');
    expect((await rowsOf('run')).turn.state).toBe('queued');
    const { entry, lease } = start('run');
    const lastMessageSeq = plain.item.messageSeq;
    await turns.begin({ runId: 'run', chatId, generation: 0 }, { entries: [entry], lastMessageSeq, lease });
    const expected = comparable(await rowsOf('run'));

    const other = await StorageFixture.open();
    await fixture.dispose();
    fixture = other;
    chatId = (await fixture.chat('main')).chatId;
    await makeSession();
    const begun = await accept('run');
    const rows = await rowsOf('run');
    expect(comparable(rows)).toEqual(expected);
    expect(expected).toMatchObject({
      turn: { state: 'running', phase: 'calling_llm' },
      cursorOnMessage: true,
    });
    expect(begun).toMatchObject({
      kind: 'accepted',
      entryId: rows.session?.entries.at(-1)?.entryId,
      item: { inboxId: rows.inbox.inbox_id, messageSeq: rows.inbox.message_seq },
    });
  });

  it('begins in the generation that the session has', async () => {
    await makeSession();
    await fixture.repositories.chats.resetContext(chatId, { messages: false });
    await accept('run');
    expect((await rowsOf('run')).session).toMatchObject({ session: { generation: 1 }, entries: [{}] });
  });

  it('waits in a chat that has no session', async () => {
    expect(await accept('run')).toMatchObject({ kind: 'accepted', entryId: undefined });
    const { inbox, turn, session } = await rowsOf('run');
    expect(inbox).toMatchObject({ state: 'queued', lease_owner: null, lease_expires_at: null });
    expect(turn).toMatchObject({ state: 'queued', phase: 'starting', started_at: null });
    expect(session).toBeUndefined();
    expect((await fixture.repositories.inbox.listQueued()).map(({ runId }) => runId)).toEqual(['run']);
  });

  it('waits behind a message that no request brought in, and leaves the cursor before it', async () => {
    await makeSession();
    await accept('first');
    await fixture.message(chatId, 'from a webhook');
    const cursor = (await rowsOf('first')).session?.session.lastMessageId;
    expect(await accept('second')).toMatchObject({ entryId: undefined });
    const { inbox, turn, session } = await rowsOf('second');
    expect([inbox.state, turn.state]).toEqual(['queued', 'queued']);
    expect(session?.session.lastMessageId).toBe(cursor);
    expect(session?.entries.map(({ runId }) => runId)).toEqual(['first']);
  });

  it('is not held up by answers of the program, nor by messages of other requests', async () => {
    await makeSession();
    await fixture.repositories.inbox.accept(item('waiting'));
    await fixture.message(chatId, 'an answer', { isFromBot: true });
    expect(await accept('run')).toMatchObject({ entryId: expect.any(Number) });
  });

  it('changes nothing when its platform message was accepted before', async () => {
    await makeSession();
    const platform = { messageId: 'tg-1', platformMessageId: 'tg-1' };
    await accept('first', platform);
    const before = await rowsOf('first');
    expect(await accept('again', platform)).toEqual({ kind: 'duplicate', runId: 'first' });
    expect(await rowsOf('first')).toEqual(before);
    expect(await fixture.repositories.turns.find('again')).toBeUndefined();
  });
});
