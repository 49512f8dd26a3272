/**
 * Which chat a call is about. A tool whose schema has `chat_id` works on the caller's chat unless the input names
 * another one, which only control chats may do, and never from a channel that forbids it (tools §3.1).
 */
import type { JsonObject } from '../../core/json.ts';
import { PROCEED, type Proceed, type Refusal, refuse } from '../ports.ts';
import type { Tool } from '../tool.ts';
import type { ToolCallScope } from '../tool-call.ts';

/**
 * Channels whose chats never operate on other chats, control chat or not: their sessions are opened by name, by whoever
 * may start a run.
 */
const SINGLE_CHAT_CHANNELS: ReadonlySet<string> = new Set(['web', 'acp', 'headless']);

/** Sets `chat_id` to the caller's chat when the tool takes one and the input has no integer. */
export function injectChatId(tool: Tool, input: JsonObject, scope: ToolCallScope): JsonObject {
  if (!takesChatId(tool) || isChatId(input.chat_id)) return input;
  return { ...input, chat_id: scope.chat.chatId };
}

/** The chat that the validated input names, when it is not the caller's. */
export function foreignChat(tool: Tool, input: JsonObject, scope: ToolCallScope): number | undefined {
  const target = input.chat_id;
  if (!takesChatId(tool) || !isChatId(target) || Number(target) === scope.chat.chatId) return undefined;
  return Number(target);
}

/** Names of the rules in refusals, audit entries and explanations. */
const CONTROL_CHATS_RULE = 'control_chat_ids';
const SINGLE_CHAT_RULE = 'single_chat_channel';

/** Whether the caller may operate on the chat that the validated input names. */
export function authorizeChat(tool: Tool, input: JsonObject, scope: ToolCallScope): Proceed | Refusal {
  const target = foreignChat(tool, input, scope);
  const caller = scope.chat.chatId;
  if (target === undefined) return PROCEED;
  if (!scope.isControlChat) {
    return refuse(
      'forbidden',
      `Permission denied: chat ${caller} cannot operate on chat ${target}. Only chats listed in control_chat_ids may ` +
        'name another chat; leave chat_id out to work on this one.',
      CONTROL_CHATS_RULE,
    );
  }
  if (SINGLE_CHAT_CHANNELS.has(scope.chat.channel.toLowerCase())) {
    return refuse(
      'forbidden',
      `Permission denied: ${scope.chat.channel} chats cannot operate on other chats. The channel rule holds for ` +
        'control chats too and no setting lifts it: make the request in that chat, or in a control chat of another ' +
        'channel. Leave chat_id out to work on this one.',
      SINGLE_CHAT_RULE,
    );
  }
  return PROCEED;
}

function takesChatId(tool: Tool): boolean {
  return Object.hasOwn(tool.input.shape, 'chat_id');
}

/** An integer, also one written as text: validation turns that into a number. */
function isChatId(value: unknown): value is number | string {
  if (typeof value === 'string') return /^-?\d{1,15}$/.test(value.trim());
  return Number.isSafeInteger(value);
}
