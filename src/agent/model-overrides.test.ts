import { afterEach, expect, it } from 'vitest';
import { AgentHarness } from '../../test/support/agent-harness.ts';
import { ModelOverrides } from './model-overrides.ts';

let harness: AgentHarness;
afterEach(async () => {
  await harness.dispose();
});

async function reloaded(): Promise<ModelOverrides> {
  const overrides = new ModelOverrides(harness.repositories.meta);
  await overrides.load();
  return overrides;
}

it('a choice survives a restart, and the chat’s own wins over its channel’s', async () => {
  harness = await AgentHarness.create();
  const [here, there] = [await harness.chat('here'), await harness.chat('there')];
  const overrides = await reloaded();
  await overrides.setModel('channel', here, { providerAlias: 'cloud', model: 'large' });
  await overrides.setModel('chat', here, { model: 'small' });
  await overrides.setThinking(here, 'high');
  const later = await reloaded();
  for (const known of [overrides, later]) {
    expect(known.modelOf(here)).toEqual({ model: 'small' });
    expect(known.modelOf(there)).toEqual({ providerAlias: 'cloud', model: 'large' });
    expect(known.chosenFor('channel', here)).toEqual({ providerAlias: 'cloud', model: 'large' });
    expect([known.thinkingOf(here), known.thinkingOf(there)]).toEqual(['high', 'off']);
  }
});

it('a cleared choice stays cleared', async () => {
  harness = await AgentHarness.create();
  const chat = await harness.chat();
  const overrides = await reloaded();
  await overrides.setModel('chat', chat, { model: 'small' });
  await overrides.clearModel('chat', chat);
  expect(overrides.modelOf(chat)).toEqual({});
  expect((await reloaded()).modelOf(chat)).toEqual({});
});

it('damaged facts are ignored', async () => {
  harness = await AgentHarness.create();
  const chat = await harness.chat();
  await harness.repositories.meta.set(`model_override:chat:${chat.chatId}`, '{"model":7}');
  await harness.repositories.meta.set('model_override:channel:web', 'no json');
  await harness.repositories.meta.set(`thinking:${chat.chatId}`, 'enormous');
  const overrides = await reloaded();
  expect([overrides.modelOf(chat), overrides.thinkingOf(chat)]).toEqual([{}, 'off']);
});
