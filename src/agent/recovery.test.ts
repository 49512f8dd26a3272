import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newRequest } from '../../test/support/new-request.ts';
import { StorageFixture } from '../../test/support/storage-fixture.ts';
import { silentLogger } from '../observability/logger.ts';
import { planRecovery } from './recovery.ts';

const HOUR_MS = 3_600_000;
const options = { resumeMaxAgeMs: 24 * HOUR_MS, maxResumes: 2 };
const lease = { owner: 'earlier', expiresAtMs: Number.MAX_SAFE_INTEGER / 1000 };

let fixture: StorageFixture;
let chatId: number;
beforeEach(async () => {
  fixture = await StorageFixture.open();
  chatId = (await fixture.chat('main')).chatId;
});
afterEach(() => fixture.dispose());

async function accept(runId: string, actorKind = 'operator', chat = chatId): Promise<number> {
  const outcome = await fixture.repositories.inbox.accept(
    newRequest(runId, chat, { messageId: runId, actorKind, actorId: 'ann', content: runId }),
  );
  return outcome.kind === 'accepted' ? outcome.item.messageSeq : 0;
}

async function begin(runId: string, actorKind?: string): Promise<void> {
  const lastMessageSeq = await accept(runId, actorKind);
  await fixture.repositories.turns.begin(
    { runId, chatId, generation: 0 },
    { entries: [{ role: 'user', kind: 'message', contentJson: '[]' }], lastMessageSeq, lease },
  );
  fixture.clock.advance(1);
}

const plan = () => planRecovery(fixture.repositories, options, fixture.clock, silentLogger);
const ids = (turns: readonly { readonly item: { readonly runId: string } }[]) =>
  turns.map((turn) => turn.item.runId);

describe('planRecovery', () => {
  it('finds nothing in a database that was left in order', async () => {
    await begin('r');
    await fixture.repositories.turns.close('r', {
      state: 'done',
      response: 'x',
      errorCode: null,
      errorMessage: null,
      errorHint: null,
      foldedInto: null,
      lastEventSeq: 1,
    });
    expect(await plan()).toEqual({ turns: [], givenUp: [] });
  });

  it('queues running turns before waiting requests, each in the order of its time', async () => {
    await begin('running 1');
    await begin('running 2');
    await accept('waiting 1');
    await accept('waiting 2');
    const { turns, givenUp } = await plan();
    expect(ids(turns)).toEqual(['running 1', 'running 2', 'waiting 1', 'waiting 2']);
    expect(turns.map((turn) => turn.resumeCount)).toEqual([1, 1, 0, 0]);
    expect(givenUp).toEqual([]);
  });

  it('gives up what is too old, but never a request that only waited', async () => {
    await begin('old');
    await accept('waiting');
    fixture.clock.advance(24 * HOUR_MS);
    await begin('young');
    const { turns, givenUp } = await plan();
    expect(ids(givenUp)).toEqual(['old']);
    expect(ids(turns)).toEqual(['young', 'waiting']);
  });

  it('gives up what was continued too often', async () => {
    await begin('poison');
    for (let resume = 0; resume < options.maxResumes; resume += 1) {
      expect(ids((await plan()).turns)).toEqual(['poison']);
      await fixture.repositories.turns.resume('poison', lease);
    }
    const { turns, givenUp } = await plan();
    expect([ids(turns), ids(givenUp)]).toEqual([[], ['poison']]);
  });

  it('knows chat and actor; an actor kind of a later version gets the least rights', async () => {
    await begin('known');
    await begin('unknown', 'emperor');
    const { turns } = await plan();
    expect(turns[0]).toMatchObject({
      actor: { kind: 'operator', id: 'ann' },
      chat: { chatId, channel: 'web', externalId: 'main', kind: 'private' },
    });
    expect(turns[1]?.actor).toEqual({ kind: 'channel_user', id: 'ann' });
  });

  it('ignores the requests of a chat that was deleted', async () => {
    await begin('gone');
    await accept('gone too');
    await fixture.repositories.chats.deleteCompletely(chatId);
    expect(await plan()).toEqual({ turns: [], givenUp: [] });
  });

  it('changes nothing', async () => {
    await begin('r');
    expect(await plan()).toEqual(await plan());
  });
});

describe('the cursor of a session', () => {
  it('only goes forward', async () => {
    const early = await accept('early');
    await begin('late');
    await fixture.repositories.turns.begin(
      { runId: 'early', chatId, generation: 0 },
      { entries: [], lastMessageSeq: early, lease },
    );
    expect((await fixture.repositories.sessions.find(chatId))?.lastMessageId).toBeGreaterThan(early);
  });
});
