/** The name under which a session is shown. */
import type { ChatListItem } from '../../storage/repositories/chat-repository.ts';

/** Titles that some platforms' adapters store for lack of a name. */
const TECHNICAL_TITLE = /^(?:private|group|supergroup|channel):/;

/** The session's label, else the chat's title, else `<channel>:<chat id>`. */
export function sessionLabel(chat: Pick<ChatListItem, 'label' | 'title' | 'channel' | 'chatId'>): string {
  const fallback = `${chat.channel}:${chat.chatId}`;
  const label = [chat.label, chat.title].find((text) => text !== null && text.trim() !== '') ?? fallback;
  return TECHNICAL_TITLE.test(label) ? fallback : label;
}
