/** The cursor of `GET /api/sessions`: `<chat id>@<time of its newest message>`. */
import type { ChatCursor } from '../../storage/repositories/chat-repository.ts';
import { httpErrors } from '../errors.ts';

const CURSOR = /^(\d{1,15})@(\d{4}-\d{2}-\d{2}T[\d:.]+Z)$/;

export function formatSessionCursor(cursor: ChatCursor): string {
  return `${cursor.chatId}@${cursor.lastMessageTime}`;
}

/** Rejects with `MC_HTTP_INVALID_QUERY`. */
export function parseSessionCursor(text: string): ChatCursor {
  const [, chatId, lastMessageTime] = CURSOR.exec(text) ?? [];
  if (chatId === undefined || lastMessageTime === undefined) {
    throw httpErrors.create('INVALID_QUERY', 'cursor: must be the next_cursor of an earlier answer');
  }
  return { chatId: Number(chatId), lastMessageTime };
}
