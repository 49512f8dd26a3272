import { afterEach, beforeEach, expect, it } from 'vitest';
import { newRequest } from '../../../test/support/new-request.ts';
import { StorageFixture } from '../../../test/support/storage-fixture.ts';
import type { TurnEvidenceRepository } from './turn-evidence-repository.ts';

let fixture: StorageFixture;
let evidence: TurnEvidenceRepository;
let chatId: number;

beforeEach(async () => {
  fixture = await StorageFixture.open();
  evidence = fixture.repositories.turnEvidence;
  chatId = (await fixture.chat('main')).chatId;
});
afterEach(() => fixture.dispose());

/** A request of the chat, accepted; `begins` also takes it out of the queue. */
async function request(runId: string, content: string, begins: boolean): Promise<void> {
  const { inbox, turns } = fixture.repositories;
  const accepted = await inbox.accept(newRequest(runId, chatId, { content }));
  if (!begins || accepted.kind !== 'accepted') return;
  await turns.begin(
    { runId, chatId, generation: 0 },
    {
      entries: [],
      lastMessageSeq: accepted.item.messageSeq,
      lease: { owner: 'test', expiresAtMs: fixture.clock.now() + 60_000 },
    },
  );
}

const sender = (runId: string) => evidence.firstUnclaimedSender({ runId, chatId });
const texts = (runId: string) => evidence.requestTexts({ runId, chatId });

it('finds a message that nobody asked for in the turn that began with it, and in no other', async () => {
  await request('before', 'one', true);
  await fixture.message(chatId, 'left behind');
  await request('queued', 'two', false);
  await request('takes-it', 'three', true);
  await request('after', 'four', true);
  expect(await sender('before')).toBeUndefined();
  expect(await sender('takes-it')).toEqual(expect.any(String));
  expect(await sender('after')).toBeUndefined();
});

it('finds one in front of the first request of a chat, but no answer of the program', async () => {
  await fixture.message(chatId, 'an announcement', { isFromBot: true });
  await request('first', 'one', true);
  expect(await sender('first')).toBeUndefined();
  const other = (await fixture.chat('other')).chatId;
  await fixture.message(other, 'left behind');
  chatId = other;
  await request('second', 'two', true);
  expect(await sender('second')).toEqual(expect.any(String));
});

it('returns the text of the request and of the messages that were folded into it', async () => {
  await request('before', 'before', true);
  await request('run', 'the request', true);
  await request('folded', 'a follow-up', false);
  await request('waiting', 'another matter', false);
  await fixture.storage.write(fixture.repositories.turns.foldStatements('folded', 'run', 'seen'));
  expect(await texts('run')).toEqual(['the request', 'a follow-up']);
  expect(await texts('before')).toEqual(['before']);
  expect(await texts('unknown')).toEqual([]);
});

it('names the first source of untrusted content, in the order of the calls', async () => {
  const call = (toolUseId: string, ordinal: number, untrustedSource: string | null) =>
    fixture.repositories.toolCalls.finished(
      {
        runId: 'run',
        chatId,
        toolUseId,
        ordinal,
        name: 'web_fetch',
        inputJson: '{}',
        summary: '',
        concurrency: 'read_only',
      },
      {
        output: '',
        isError: false,
        statusCode: 0,
        errorType: null,
        bytes: 0,
        durationMs: 1,
        artifactId: null,
        metadataJson: null,
        untrustedSource,
      },
    );
  await request('run', 'read', true);
  await call('a', 0, null);
  expect(await evidence.firstUntrustedSource({ runId: 'run', chatId })).toBeUndefined();
  await call('c', 2, 'https://second.example/');
  await call('b', 1, 'https://first.example/');
  expect(await evidence.firstUntrustedSource({ runId: 'run', chatId })).toBe('https://first.example/');
  await fixture.reopen();
  const again = fixture.repositories.turnEvidence.firstUntrustedSource({ runId: 'run', chatId });
  expect(await again).toBe('https://first.example/');
});
