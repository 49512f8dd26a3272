import { afterEach, beforeEach, expect, it } from 'vitest';
import { commandLine } from '../../test/support/command-fixture.ts';
import { StorageFixture } from '../../test/support/storage-fixture.ts';
import { usageCommand } from './commands/usage-command.ts';
import { buildUsageReport } from './usage-report.ts';

const DAY_MS = 86_400_000;
let fixture: StorageFixture;
let chatId: number;
let otherId: number;

beforeEach(async () => {
  fixture = await StorageFixture.open();
  chatId = (await fixture.chat('main')).chatId;
  otherId = (await fixture.chat('other')).chatId;
});
afterEach(() => fixture.dispose());

async function request(chat: number, model: string, inputTokens: number, costMicroUsd: number | null = null) {
  const { usage } = fixture.repositories;
  await fixture.storage.write([
    usage.insertStatement({
      chatId: chat,
      runId: null,
      callerChannel: 'web',
      provider: 'p',
      model,
      inputTokens,
      outputTokens: 1,
      cacheReadTokens: 2,
      cacheWriteTokens: 0,
      costMicroUsd,
      requestKind: 'agent_loop',
      durationMs: 1,
    }),
  ]);
}

const report = (includeGlobal: boolean) =>
  buildUsageReport(fixture.repositories.usage, fixture.clock, chatId, includeGlobal);

it('counts the last day, the last week and all time apart, for the chat and for everything', async () => {
  await request(chatId, 'old', 1000);
  fixture.clock.advance(8 * DAY_MS);
  await request(chatId, 'week', 100);
  fixture.clock.advance(2 * DAY_MS);
  await request(chatId, 'today', 10, 1500);
  await request(otherId, 'today', 5);
  const { chat, global } = await report(true);
  const inputs = (windows: typeof chat) =>
    [windows.last24h, windows.last7d, windows.allTime].map((totals) => totals.inputTokens);
  expect(inputs(chat)).toEqual([10, 110, 1110]);
  expect(inputs(global)).toEqual([15, 115, 1115]);
  expect(chat.byModel.map((model) => model.model).sort()).toEqual(['today', 'week']);
});

it('shows at most four models, and a cost only where there is one', async () => {
  for (const model of ['a', 'b', 'c', 'd', 'e']) await request(chatId, model, 10);
  const { text } = await report(false);
  expect(text.match(/^ {2}- /gm)).toHaveLength(4);
  expect(text).not.toContain('$');
  await request(chatId, 'a', 10, 1_250_000);
  expect((await report(false)).text).toContain('6 requests, 60 in (12 cached) + 6 out, $1.2500');
});

it('keeps the figures of other chats from everybody but operators and control chats', async () => {
  const say = commandLine([usageCommand(fixture.repositories.usage, fixture.clock)]);
  const chat = { chatId, channel: 'web', externalId: 'main', kind: 'private' } as const;
  const member = { chat, actor: { kind: 'channel_user', id: 'x' } } as const;
  expect(await say('/usage', member)).not.toContain('All chats');
  expect(await say('/usage', { ...member, isControlChat: true })).toContain('All chats');
  expect(await say('/usage', { chat })).toContain('**All chats**');
});
