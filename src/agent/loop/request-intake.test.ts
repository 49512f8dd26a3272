import { afterEach, beforeEach, expect, it } from 'vitest';
import { AgentHarness } from '../../../test/support/agent-harness.ts';
import { systemClock } from '../../core/clock.ts';
import { systemIds } from '../../core/ids.ts';
import { silentLogger } from '../../observability/logger.ts';
import { PlanMode } from '../plan-mode/plan-mode.ts';
import { PromptBuilder } from '../prompt/prompt-builder.ts';
import type { TurnRequest } from '../turn-service-port.ts';
import { TurnStop } from '../turn-stop.ts';
import type { Conversation } from './conversation.ts';
import { ConversationLoader } from './conversation-loader.ts';
import { RequestIntake } from './request-intake.ts';

let harness: AgentHarness;
let request: TurnRequest;
let intake: RequestIntake;

beforeEach(async () => {
  harness = await AgentHarness.create();
  await harness.send('first');
  const actor = { kind: 'operator', id: 'session:test' } as const;
  request = { chat: await harness.chat(), sessionKey: 'main', actor, senderName: 'ann', text: 'second' };
  const { repositories } = harness;
  intake = new RequestIntake({
    inbox: repositories.inbox,
    loader: new ConversationLoader(repositories, { maxHistoryMessages: 50 }),
    prompt: new PromptBuilder([], silentLogger),
    plans: new PlanMode(repositories.meta, systemClock, () => 'en'),
    lease: () => ({ owner: 'test', expiresAtMs: Date.now() + 60_000 }),
    clock: systemClock,
    ids: systemIds,
  });
});

afterEach(() => harness.dispose());

/** Sends a write of somebody else in front of what follows, in the same message to the database thread. */
const writeBefore = () => harness.repositories.meta.set('somebody', 'else');
const resetSession = () => harness.repositories.chats.resetContext(request.chat.chatId, { messages: false });

async function conversationOf(
  stored: ReturnType<RequestIntake['storeAndBegin']>,
): Promise<Conversation | undefined> {
  return (await stored).headStart?.conversation;
}

const textsOf = (conversation: Conversation | undefined) =>
  conversation?.entries.map(({ content }) =>
    content.map((block) => (block.type === 'text' ? block.text : '')).join(),
  );

it.each([
  ['before it is written', () => undefined],
  ['after it is written, because of what others write', writeBefore],
])('has the request once, as it is stored, when the session is read %s', async (_when, before) => {
  const earlier = before();
  const conversation = await conversationOf(intake.storeAndBegin(request));
  await earlier;
  expect(textsOf(conversation)).toEqual([
    expect.stringContaining('first'),
    'ok',
    expect.stringContaining('second'),
  ]);
  const loader = new ConversationLoader(harness.repositories, { maxHistoryMessages: 50 });
  const read = await loader.loadStored(request.chat.chatId);
  expect(conversation?.entries).toEqual(read?.conversation.entries);
  expect(conversation?.generation).toBe(read?.conversation.generation);
});

it('is told that the session was reset behind it when it was read after that', async () => {
  const others = [writeBefore()];
  const storing = intake.storeAndBegin(request);
  const reset = resetSession();
  await expect(conversationOf(storing)).rejects.toThrow(TurnStop);
  await Promise.all([...others, reset]);
});

it('keeps the generation it was read in, so that nothing is added to a session that was reset behind it', async () => {
  const storing = intake.storeAndBegin(request);
  await resetSession();
  const conversation = await conversationOf(storing);
  const session = await harness.repositories.sessions.load(request.chat.chatId);
  expect(session?.entries).toEqual([]);
  expect(session?.session.generation).toBe((conversation?.generation ?? Number.NaN) + 1);
});
