/** Which rows belong to a chat. A migration that adds a table with a `chat_id` adds it here. */
import type { Storage, WriteStatement } from './storage.ts';

/** Tables with rows of a chat; those that refer to others come first, the chat itself last. */
export const CHAT_TABLES = [
  'tool_result_artifacts',
  'approvals',
  'approval_grants',
  'llm_usage_logs',
  'tool_calls',
  'turns',
  'inbox',
  'session_entries',
  'sessions',
  'messages',
  'chats',
] as const;

/** Statements that erase a chat and everything that names it; the last one deletes the chat itself. */
export function deleteChatStatements(storage: Storage, chatId: number): readonly WriteStatement[] {
  return CHAT_TABLES.map((table) => ({ query: storage.db.deleteFrom(table).where('chat_id', '=', chatId) }));
}
