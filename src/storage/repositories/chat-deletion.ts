/** Which rows belong to a chat. A migration that adds a table with a `chat_id` adds it here. */
import type { Storage, WriteStatement } from '../storage.ts';

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
  const erase = CHAT_TABLES.map((table) => ({
    query: storage.db.deleteFrom(table).where('chat_id', '=', chatId),
  }));
  return [handOverStatement(storage, chatId), ...erase];
}

/** The messages of a fork show the tool calls of the runs they came from: those calls go over to the oldest fork. */
function handOverStatement({ db }: Storage, chatId: number): WriteStatement {
  return {
    query: db
      .updateTable('tool_calls')
      .from((from) =>
        from
          .selectFrom('messages')
          .innerJoin('sessions', 'sessions.chat_id', 'messages.chat_id')
          .where('sessions.parent_session_key', 'is not', null)
          .where('messages.chat_id', '!=', chatId)
          .where(
            'messages.run_id',
            'in',
            db.selectFrom('tool_calls').select('run_id').where('chat_id', '=', chatId),
          )
          .groupBy('messages.run_id')
          .select((column) => ['messages.run_id', column.fn.min('messages.chat_id').as('chat_id')])
          .as('copies'),
      )
      .set((column) => ({ chat_id: column.ref('copies.chat_id') }))
      .whereRef('tool_calls.run_id', '=', 'copies.run_id')
      .where('tool_calls.chat_id', '=', chatId),
  };
}
