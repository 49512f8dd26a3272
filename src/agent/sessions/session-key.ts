/**
 * Session keys: how the web names a chat. `chat:<id>` is the chat with that id on any channel; everything else is the
 * key of a web chat, which is that chat's external id.
 */
import type { ChatRef } from '../../core/chat.ts';

export type SessionKey =
  | { readonly kind: 'chat'; readonly chatId: number }
  | { readonly kind: 'web'; readonly key: string };

/** The key of requests that name none. */
export const DEFAULT_SESSION_KEY = 'main';

const WEB_CHANNEL = 'web';

/** Trimmed; missing or blank is `main`. */
export function normalizeSessionKey(key: string | null | undefined): string {
  const trimmed = key?.trim() ?? '';
  return trimmed === '' ? DEFAULT_SESSION_KEY : trimmed;
}

/** What a normalized key names. */
export function parseSessionKey(key: string): SessionKey {
  const id = /^chat:(-?\d{1,20})$/.exec(key)?.[1];
  if (id === undefined) return { kind: 'web', key };
  const chatId = Number(id);
  return { kind: 'chat', chatId: Number.isSafeInteger(chatId) ? chatId : -1 };
}

/** The key under which a chat is listed. */
export function sessionKeyOf(chat: ChatRef): string {
  return isWebChat(chat) && chat.externalId !== '' ? chat.externalId : `chat:${chat.chatId}`;
}

/** Whether the web may write to the chat. */
export function isWebChat(chat: Pick<ChatRef, 'channel'>): boolean {
  return chat.channel === WEB_CHANNEL;
}
