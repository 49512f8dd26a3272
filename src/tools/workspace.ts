/**
 * Where the files of a chat live: one base directory shared by `bash` and the file tools, with `tmp/` below it as
 * `TMPDIR` (DESIGN §7.15).
 *
 * Invariants: the path is made of the sanitised channel and the chat's number only, so no name a platform or user
 * chooses can lead elsewhere; directories are private to the user that runs the program.
 */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { ChatRef } from '../core/chat.ts';
import type { ChatWorkspace } from './tool.ts';

/** `chat`: a directory per chat; `shared`: one directory for all chats. */
type WorkspaceIsolation = 'chat' | 'shared';

interface WorkspaceOptions {
  /** Absolute `working_dir`. */
  readonly workingDir: string;
  readonly isolation: WorkspaceIsolation;
}

interface Workspaces {
  /** Where the chat's directories are or will be. */
  locate(chat: Pick<ChatRef, 'channel' | 'chatId'>): ChatWorkspace;
  /** Readable and writable from every chat. */
  readonly sharedDir: string;
  /** The chat's directories, created when missing. */
  workspaceFor(chat: Pick<ChatRef, 'channel' | 'chatId'>): Promise<ChatWorkspace>;
}

export function createWorkspaces(options: WorkspaceOptions): Workspaces {
  const sharedDir = path.join(options.workingDir, 'shared');
  const locate = (chat: Pick<ChatRef, 'channel' | 'chatId'>): ChatWorkspace => {
    const baseDir =
      options.isolation === 'shared'
        ? sharedDir
        : path.join(options.workingDir, 'chat', channelSegment(chat.channel), chatIdSegment(chat.chatId));
    return { baseDir, tmpDir: path.join(baseDir, 'tmp') };
  };
  return {
    sharedDir,
    locate,
    async workspaceFor(chat) {
      const workspace = locate(chat);
      await mkdir(workspace.tmpDir, { recursive: true, mode: 0o700 });
      return workspace;
    },
  };
}

/** Lower-cased; everything outside `[a-z0-9_-]` becomes `_`; `unknown` when nothing is left. */
export function channelSegment(channel: string): string {
  const segment = channel.toLowerCase().replace(/[^a-z0-9_-]/gu, '_');
  return segment === '' ? 'unknown' : segment;
}

/** The number; a negative one is written `neg<abs>`. */
export function chatIdSegment(chatId: number): string {
  return chatId < 0 ? `neg${-chatId}` : String(chatId);
}
