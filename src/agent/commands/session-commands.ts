/** Commands about the chat itself: `/start`, `/status`, `/stop`, `/clear`, `/reset`. */
import type { ChatRef } from '../../core/chat.ts';
import type { ModelPort } from '../../llm/model-port.ts';
import type { ModelOverrides } from '../model-overrides.ts';
import type { Command, CommandContext } from './command.ts';

export interface SessionCommandPorts {
  readonly model: ModelPort;
  readonly overrides: ModelOverrides;
  /** Stops every run of the chat; returns how many. */
  readonly abortChat: (chatId: number) => Promise<number>;
  /** Deletes the chat's context, transcript and todos. */
  readonly clearContext: (context: CommandContext) => Promise<void>;
  /** Deletes what the chat remembers. */
  readonly clearMemory: (chat: ChatRef) => Promise<void>;
  /** Facts about the session for `/status`. */
  readonly sessionFacts: (chatId: number) => Promise<SessionFacts>;
  /** Lines that features add to `/status`. */
  readonly statusLines: () => Promise<readonly string[]>;
}

export interface SessionFacts {
  readonly messages: number;
  readonly liveEntries: number;
  readonly lastInputTokens: number;
}

export function sessionCommands(ports: SessionCommandPorts): readonly Command[] {
  return [startCommand(), statusCommand(ports), stopCommand(ports), clearCommand(ports), resetCommand(ports)];
}

function startCommand(): Command {
  return {
    name: 'start',
    usage: '/start',
    summary: 'say hello',
    level: 'everyone',
    run: async ({ senderName }) => `Hello MicroClaw :)${senderName === '' ? '' : ` Your ID: ${senderName}`}`,
  };
}

function statusCommand(ports: SessionCommandPorts): Command {
  return {
    name: 'status',
    usage: '/status',
    summary: 'channel, model, session and health',
    level: 'everyone',
    run: async ({ chat, sessionKey }) => {
      const facts = await ports.sessionFacts(chat.chatId);
      const model = ports.model.describe(ports.overrides.modelOf(chat));
      const health = ports.model.health();
      return [
        'Status',
        `Channel: ${chat.channel}`,
        `Provider: ${model.provider}`,
        `Model: ${model.model}${model.offline ? ' (built-in, not a language model)' : ''}`,
        `Thinking: ${ports.overrides.thinkingOf(chat)}`,
        `Session: ${sessionKey} – ${facts.messages} messages, ${facts.liveEntries} in context, ${facts.lastInputTokens} tokens at the last request`,
        `Provider health: ${health.breakerOpen ? 'breaker open' : 'ok'}, ${health.consecutiveFailures} consecutive failures, ${health.totalFallbacks} fallbacks`,
        ...(await ports.statusLines()),
      ].join('\n');
    },
  };
}

function stopCommand(ports: SessionCommandPorts): Command {
  return {
    name: 'stop',
    usage: '/stop',
    summary: 'stop the running request and everything that waits',
    level: 'everyone',
    run: async ({ chat }) => {
      const stopped = await ports.abortChat(chat.chatId);
      return stopped === 0 ? 'No active run in this chat.' : `Stopping current run (${stopped} active).`;
    },
  };
}

function clearCommand(ports: SessionCommandPorts): Command {
  return {
    name: 'clear',
    usage: '/clear',
    summary: 'forget this conversation; scheduled tasks and memory stay',
    level: 'approver',
    run: async (context) => {
      await ports.clearContext(context);
      return 'Context cleared (session + chat history, scheduled tasks kept).';
    },
  };
}

function resetCommand(ports: SessionCommandPorts): Command {
  return {
    name: 'reset',
    usage: '/reset [memory]',
    summary: 'forget this conversation, or with `memory` what was remembered in it',
    level: 'approver',
    run: async (context) => {
      if (context.args === 'memory') {
        await ports.clearMemory(context.chat);
        return 'Memory cleared for this chat.';
      }
      if (context.args !== '') return 'Usage: /reset or /reset memory';
      await ports.clearContext(context);
      return 'Context cleared (session + chat history).';
    },
  };
}
