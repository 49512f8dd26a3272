/**
 * Finds the chat that a validated `chat_id` names. Whether the caller may operate on it has been decided by the
 * executor before the tool runs; what is left is that it may not exist.
 */
import type { ChatRef } from '../../core/chat.ts';
import type { ToolContext, ToolOutcome } from '../tool.ts';

/** Looks a chat up by its database id. */
export interface ChatDirectory {
  find(chatId: number): Promise<ChatRef | undefined>;
}

export type TargetChat =
  | { readonly kind: 'found'; readonly chat: ChatRef }
  | { readonly kind: 'unknown'; readonly outcome: ToolOutcome };

/** The caller's own chat needs no lookup; `undefined` means the caller's. */
export async function targetChat(
  chatId: number | undefined,
  context: Pick<ToolContext, 'chat'>,
  chats: ChatDirectory,
): Promise<TargetChat> {
  if (chatId === undefined || chatId === context.chat.chatId) return { kind: 'found', chat: context.chat };
  const chat = await chats.find(chatId);
  if (chat !== undefined) return { kind: 'found', chat };
  return {
    kind: 'unknown',
    outcome: { content: `No chat with id ${chatId} exists.`, isError: true, errorType: 'tool_error' },
  };
}
