/**
 * Where the runtime keeps its own files about chats: `<runtime>/groups/<channel>/<chat_id>`.
 *
 * Invariant: a path is made of the sanitised channel and the chat's number only, so neither a platform nor a user can
 * choose a name that leads elsewhere.
 */
import path from 'node:path';
import type { ChatRef } from '../../core/chat.ts';
import { channelSegment, chatIdSegment } from '../workspace.ts';

/** The part of a chat that its directory depends on. */
export type ChatKey = Pick<ChatRef, 'channel' | 'chatId'>;

export interface GroupDirectories {
  /** `<runtime>/groups`. */
  readonly root: string;
  /** Directory of everything that belongs to one channel. */
  channelDir(channel: string): string;
  /** Directory of one chat. */
  chatDir(chat: ChatKey): string;
}

/** `runtimeDir` is absolute. Creates nothing. */
export function createGroupDirectories(runtimeDir: string): GroupDirectories {
  const root = path.join(runtimeDir, 'groups');
  const channelDir = (channel: string) => path.join(root, channelSegment(channel));
  return {
    root,
    channelDir,
    chatDir: (chat) => path.join(channelDir(chat.channel), chatIdSegment(chat.chatId)),
  };
}
