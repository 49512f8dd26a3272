/** Commands about the model: `/model`, `/models`, `/provider`, `/providers`, `/thinking`. */
import type { ModelPort, ModelProfileView, ThinkingLevel } from '../../llm/model-port.ts';
import type { ModelOverride, ModelOverrides, OverrideScope } from '../model-overrides.ts';
import type { Command, CommandContext } from './command.ts';

export function modelCommands(model: ModelPort, overrides: ModelOverrides): readonly Command[] {
  const parts = { model, overrides };
  return [
    modelCommand(parts),
    modelsCommand(parts),
    providerCommand(parts),
    providersCommand(parts),
    thinking(parts),
  ];
}

interface Parts {
  readonly model: ModelPort;
  readonly overrides: ModelOverrides;
}

const RESET_WORDS = new Set(['reset', 'default']);

function modelCommand(parts: Parts): Command {
  return {
    name: 'model',
    usage: '/model [name|reset|here name|here reset]',
    summary: 'show or switch the model, for this channel or only here',
    level: 'admin',
    run: async (context) => {
      const { scope, value } = parseScope(context.args);
      if (value === '') return `Current provider/model: ${current(parts, context)}`;
      if (RESET_WORDS.has(value)) return clear(parts, context, scope, 'Model override cleared.');
      const chosen = overrideOf(parts, context, scope);
      const profile = findProfile(parts, parts.model.describe(chosen).provider);
      if (profile !== undefined && profile.models.length > 0 && !profile.models.includes(value)) {
        return `Model '${value}' is not configured for ${profile.alias}. Available: ${profile.models.join(', ')}`;
      }
      return choose(parts, context, scope, { ...chosen, model: value }, 'Model switched');
    },
  };
}

function modelsCommand(parts: Parts): Command {
  return {
    name: 'models',
    usage: '/models [profile]',
    summary: 'models configured for a provider profile',
    level: 'everyone',
    run: async (context) => {
      const profile =
        context.args === '' ? activeProfile(parts, context) : findProfile(parts, context.args.toLowerCase());
      if (profile === undefined) return unknownProfile(parts, context.args);
      const names = profile.models.length === 0 ? [profile.defaultModel] : profile.models;
      return [`Models of ${profile.alias}:`, ...names.map((name) => `- ${name}`)].join('\n');
    },
  };
}

function providerCommand(parts: Parts): Command {
  return {
    name: 'provider',
    usage: '/provider [alias|reset|here alias|here reset]',
    summary: 'show or switch the provider profile, for this channel or only here',
    level: 'admin',
    run: async (context) => {
      const { scope, value } = parseScope(context.args);
      if (value === '') return `Current provider/model: ${current(parts, context)}`;
      if (RESET_WORDS.has(value)) return clear(parts, context, scope, 'Provider override cleared.');
      const profile = findProfile(parts, value.toLowerCase());
      if (profile === undefined) return unknownProfile(parts, value);
      return choose(parts, context, scope, { providerAlias: profile.alias }, 'Provider switched');
    },
  };
}

function providersCommand(parts: Parts): Command {
  return {
    name: 'providers',
    usage: '/providers',
    summary: 'configured provider profiles',
    level: 'everyone',
    run: async (context) => {
      const active = activeProfile(parts, context)?.alias;
      const lines = parts.model
        .profiles()
        .map(
          (profile) =>
            `- ${profile.alias}: ${profile.defaultModel}${profile.alias === active ? ' (active)' : ''}`,
        );
      return ['Provider profiles:', ...lines].join('\n');
    },
  };
}

function thinking(parts: Parts): Command {
  return {
    name: 'thinking',
    usage: '/thinking [off|low|medium|high]',
    summary: 'show or set how much the model reasons in this chat',
    level: 'everyone',
    run: async ({ args, chat }) => {
      const level = args.toLowerCase();
      if (level === '') return `Thinking: ${parts.overrides.thinkingOf(chat)}`;
      if (!isLevel(level)) return 'Usage: /thinking off|low|medium|high';
      await parts.overrides.setThinking(chat, level);
      return `Thinking set to ${level} in this chat.`;
    },
  };
}

function isLevel(value: string): value is ThinkingLevel {
  return ['off', 'low', 'medium', 'high'].includes(value);
}

function parseScope(args: string): { readonly scope: OverrideScope; readonly value: string } {
  const match = /^here\b\s*/.exec(args);
  return match === null
    ? { scope: 'channel', value: args }
    : { scope: 'chat', value: args.slice(match[0].length) };
}

/** What holds for the scope: in a chat also its channel's choice, for a channel never that of one chat. */
function overrideOf(parts: Parts, context: CommandContext, scope: OverrideScope): ModelOverride {
  if (scope === 'chat') return parts.overrides.modelOf(context.chat);
  return parts.overrides.chosenFor('channel', context.chat);
}

async function choose(
  parts: Parts,
  context: CommandContext,
  scope: OverrideScope,
  override: ModelOverride,
  done: string,
): Promise<string> {
  await parts.overrides.setModel(scope, context.chat, override);
  const whom = scope === 'chat' ? 'this chat' : 'this channel';
  const { provider, model } = parts.model.describe(override);
  return `${done} for ${whom} to: ${provider} / ${model}`;
}

async function clear(
  parts: Parts,
  context: CommandContext,
  scope: OverrideScope,
  done: string,
): Promise<string> {
  await parts.overrides.clearModel(scope, context.chat);
  return `${done} Current provider/model: ${current(parts, context)}`;
}

function current(parts: Parts, context: CommandContext): string {
  const { provider, model } = parts.model.describe(parts.overrides.modelOf(context.chat));
  return `${provider} / ${model}`;
}

function activeProfile(parts: Parts, context: CommandContext): ModelProfileView | undefined {
  return findProfile(parts, parts.model.describe(parts.overrides.modelOf(context.chat)).provider);
}

function findProfile(parts: Parts, alias: string): ModelProfileView | undefined {
  return parts.model.profiles().find((profile) => profile.alias === alias);
}

function unknownProfile(parts: Parts, alias: string): string {
  const known = parts.model.profiles().map((profile) => profile.alias);
  return `Unknown provider profile '${alias}'. Configured: ${known.join(', ')}`;
}
