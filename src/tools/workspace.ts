/**
 * Where the files of a chat live: one base directory shared by `bash` and the file tools, with `tmp/` below it as
 * `TMPDIR` (DESIGN §7.15).
 *
 * Invariants: the path is made of the sanitised channel and the chat's number only, so no name a platform or user
 * chooses can lead elsewhere; directories are private to the user that runs the program.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, rename } from 'node:fs/promises';
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
      await ensureDirectory(workspace.tmpDir);
      return workspace;
    },
  };
}

/**
 * Makes a directory of the chat. A command can put something else in its place (`touch tmp`), which would fail every
 * later call of the chat, the one that could put it right included: that is moved aside.
 */
async function ensureDirectory(directory: string): Promise<void> {
  const make = () => mkdir(directory, { recursive: true, mode: 0o700 });
  try {
    await make();
  } catch (error) {
    if (!isTaken(error)) throw error;
    await rename(directory, `${directory}-${randomBytes(4).toString('hex')}`);
    await make();
  }
}

/** What the system says when a file is in the way, or a link that leads nowhere or in a circle. */
const TAKEN_CODES: ReadonlySet<unknown> = new Set(['EEXIST', 'ENOENT', 'ELOOP']);

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && TAKEN_CODES.has(error.code);
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
