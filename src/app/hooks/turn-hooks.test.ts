import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { HookFixture, printing } from '../../../test/support/hook-fixture.ts';
import { createTurnHooks } from './turn-hooks.ts';

const CHAT = { chatId: 7, channel: 'web', externalId: 'main', kind: 'private' } as const;
const SYSTEM = [
  { text: 'You are a bot.', stable: true },
  { text: 'Today is Friday.', stable: false },
];

async function fixture() {
  const hooks = await HookFixture.open();
  const turns = createTurnHooks(hooks.runner);
  const ask = () =>
    turns.beforeModelCall({
      chat: CHAT,
      iteration: 2,
      system: SYSTEM,
      messageCount: 3,
      toolCount: 4,
      signal: new AbortController().signal,
    });
  const add = (fields: Readonly<Record<string, unknown>>) =>
    hooks.add('h', { events: ['BeforeLLMCall', 'AfterTurn'], timeout_ms: 10_000, ...fields });
  return { hooks, turns, ask, add };
}

describe('a BeforeLLMCall hook', () => {
  test('that changes nothing leaves the very same prompt', async () => {
    const { ask, add } = await fixture();
    await add({ command: 'true' });
    const decision = await ask();
    expect(decision.kind === 'proceed' && decision.system).toBe(SYSTEM);
  });

  test('sees the whole prompt and replaces it', async () => {
    const { ask, add } = await fixture();
    const show =
      'const input = JSON.parse(require("fs").readFileSync(0));' +
      'console.log(JSON.stringify({action: "modify", patch: {system_prompt: JSON.stringify(input)}}))';
    await add({ command: `"$MICROCLAW_HOOK_NODE" -e '${show}'` });
    const decision = await ask();
    const text = decision.kind === 'proceed' ? (decision.system[0]?.text ?? '') : '';
    expect(JSON.parse(text)).toEqual({
      event: 'BeforeLLMCall',
      chat_id: 7,
      caller_channel: 'web',
      iteration: 2,
      system_prompt: 'You are a bot.\n\nToday is Friday.',
      messages_len: 3,
      tools_len: 4,
    });
  });

  test('blocks with its reason, or with a fixed one', async () => {
    const { ask, add } = await fixture();
    await add({ command: printing({ action: 'block', reason: 'closed on Sundays' }) });
    expect(await ask()).toEqual({ kind: 'blocked', reason: 'closed on Sundays' });
    await add({ command: printing({ action: 'block' }) });
    expect(await ask()).toEqual({ kind: 'blocked', reason: 'Request blocked by policy hook.' });
  });
});

describe('an AfterTurn hook', () => {
  const finished = (response: string) => ({
    chat: CHAT,
    iterations: 2,
    toolsUsed: ['bash', 'glob'],
    response,
  });

  test('is told how the turn went', async () => {
    const { hooks, turns, add } = await fixture();
    await add({ command: 'cat >got.json.part; mv got.json.part got.json' });
    turns.afterTurn(finished('ä'.repeat(600)));
    const told = await vi.waitFor(() => readFile(join(hooks.root, 'h', 'got.json'), 'utf8'), 10_000);
    expect(JSON.parse(told)).toEqual({
      event: 'AfterTurn',
      chat_id: 7,
      caller_channel: 'web',
      iterations: 2,
      tools_used: ['bash', 'glob'],
      response_preview: 'ä'.repeat(500),
    });
    await turns.stop();
  });

  test('is ended when the program stops', async () => {
    const { hooks, turns, add } = await fixture();
    await add({ command: 'touch started; sleep 600', timeout_ms: 120_000 });
    turns.afterTurn(finished('x'));
    await vi.waitFor(() => readFile(join(hooks.root, 'h', 'started')), 10_000);
    await turns.stop();
    await turns.stop();
    expect(await hooks.auditRows()).toEqual([]);
  });
});
