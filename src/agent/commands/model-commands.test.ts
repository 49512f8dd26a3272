import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentHarness } from '../../../test/support/agent-harness.ts';
import { commandLine } from '../../../test/support/command-fixture.ts';
import type { ChatRef } from '../../core/chat.ts';
import type { ModelPort } from '../../llm/model-port.ts';
import { ModelOverrides } from '../model-overrides.ts';
import { modelCommands } from './model-commands.ts';

const PROFILES = [
  { alias: 'main', provider: 'anthropic', defaultModel: 'sonnet', models: ['sonnet', 'opus'] },
  { alias: 'local', provider: 'ollama', defaultModel: 'llama', models: [] },
];

const model = {
  profiles: () => PROFILES,
  describe: (overrides: { providerAlias?: string; model?: string } = {}) => {
    const profile = PROFILES.find((one) => one.alias === overrides.providerAlias) ?? PROFILES[0];
    return {
      provider: profile?.alias ?? '',
      model: overrides.model ?? profile?.defaultModel ?? '',
      offline: false,
    };
  },
} as unknown as ModelPort; // the commands ask for nothing else

let harness: AgentHarness;
let here: ChatRef;
let there: ChatRef;
let say: (text: string, chat?: ChatRef) => Promise<string | undefined>;

beforeEach(async () => {
  harness = await AgentHarness.create();
  here = await harness.chat('here');
  there = await harness.chat('there');
  const run = commandLine(modelCommands(model, new ModelOverrides(harness.repositories.meta)));
  say = (text, chat = here) => run(text, { chat });
});
afterEach(async () => {
  await harness.dispose();
});

describe('/model', () => {
  it('shows, switches and resets the channel’s model', async () => {
    expect(await say('/model')).toBe('Current provider/model: main / sonnet');
    expect(await say('/model opus')).toBe('Model switched for this channel to: main / opus');
    expect(await say('/model', there)).toBe('Current provider/model: main / opus');
    expect(await say('/model reset')).toBe('Model override cleared. Current provider/model: main / sonnet');
  });

  it('switches one chat only with `here`', async () => {
    expect(await say('/model here opus')).toBe('Model switched for this chat to: main / opus');
    expect(await say('/model', there)).toBe('Current provider/model: main / sonnet');
    expect(await say('/model here reset')).toMatch(/^Model override cleared\./);
  });

  it('refuses a model that the profile does not have, and takes any when the profile lists none', async () => {
    expect(await say('/model gpt')).toBe("Model 'gpt' is not configured for main. Available: sonnet, opus");
    await say('/provider here local');
    expect(await say('/model here anything')).toBe('Model switched for this chat to: local / anything');
  });

  it('does not carry the provider of one chat over to the whole channel', async () => {
    await say('/provider here local');
    expect(await say('/model opus')).toBe('Model switched for this channel to: main / opus');
    expect(await say('/model', there)).toBe('Current provider/model: main / opus');
    expect(await say('/model')).toBe('Current provider/model: local / llama');
  });

  it('keeps the channel’s provider for a chat that changes only its model', async () => {
    await say('/provider local');
    expect(await say('/model here tiny')).toBe('Model switched for this chat to: local / tiny');
  });
});

describe('/provider and /providers', () => {
  it('switches the profile and with it the model', async () => {
    await say('/model opus');
    expect(await say('/provider LOCAL')).toBe('Provider switched for this channel to: local / llama');
    expect(await say('/providers')).toBe('Provider profiles:\n- main: sonnet\n- local: llama (active)');
    expect(await say('/provider default')).toBe(
      'Provider override cleared. Current provider/model: main / sonnet',
    );
  });

  it('names the known profiles when one is unknown', async () => {
    expect(await say('/provider nobody')).toBe("Unknown provider profile 'nobody'. Configured: main, local");
  });
});

describe('/models', () => {
  it('lists the models of the active or of a named profile', async () => {
    expect(await say('/models')).toBe('Models of main:\n- sonnet\n- opus');
    expect(await say('/models local')).toBe('Models of local:\n- llama');
    expect(await say('/models nobody')).toMatch(/^Unknown provider profile/);
  });
});

describe('/thinking', () => {
  it('shows and sets the level of this chat', async () => {
    expect(await say('/thinking')).toBe('Thinking: off');
    expect(await say('/thinking HIGH')).toBe('Thinking set to high in this chat.');
    expect(await say('/thinking')).toBe('Thinking: high');
    expect(await say('/thinking', there)).toBe('Thinking: off');
    expect(await say('/thinking lots')).toBe('Usage: /thinking off|low|medium|high');
  });
});
