/**
 * Makes the sessions of a stopped server long, as months of use with compaction would: the entries before the live
 * ones are there and marked as replaced, the transcript is complete.
 */
import { DatabaseSync } from 'node:sqlite';

/** Adds rows until every session whose key begins with `prefix` has `entries` entries. */
export function seedEntries(databasePath: string, prefix: string, entries: number): void {
  const database = new DatabaseSync(databasePath);
  const content = JSON.stringify([{ type: 'text', text: 'some words of an older message '.repeat(8) }]);
  const addEntry = database.prepare(
    `insert into session_entries (chat_id, run_id, role, kind, content_json, replaced_by, created_at)
     values (?, null, ?, 'message', ?, ?, '2026-01-01T00:00:00.000Z')`,
  );
  const addMessage = database.prepare(
    `insert into messages (id, chat_id, sender_name, content, is_from_bot, timestamp, run_id)
     values (?, ?, 'bench', 'some words of an older message', ?, '2026-01-01T00:00:00.000Z', null)`,
  );
  const sessions = database
    .prepare(
      `select chat_id, count(*) as count, max(entry_id) as newest from session_entries
       where chat_id in (select chat_id from chats where external_chat_id glob ?) group by chat_id`,
    )
    .all(`${prefix}*`);
  if (sessions.length === 0) throw new Error(`no session of ${databasePath} begins with ${prefix}`);
  database.exec('begin');
  for (const { chat_id: chatId, count, newest } of sessions) {
    for (let index = Number(count); index < entries; index += 1) {
      const isBot = index % 2;
      addEntry.run(Number(chatId), isBot === 1 ? 'assistant' : 'user', content, Number(newest));
      addMessage.run(`seed-${entries}-${chatId}-${index}`, Number(chatId), isBot);
    }
  }
  database.exec('commit');
  database.close();
}
