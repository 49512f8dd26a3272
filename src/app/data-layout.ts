/** Where everything of one installation lives (config-cli §2). Computes paths only; creates nothing. */
import path from 'node:path';
import type { Config } from '../config/config.ts';
import { homeDirectory } from '../config/home-directory.ts';
import type { ChatRef } from '../core/chat.ts';
import { channelSegment, chatIdSegment } from '../tools/workspace.ts';

export interface DataLayout {
  /** `data_dir`; its parent when its last segment is `runtime`. */
  readonly dataRoot: string;
  readonly runtimeDir: string;
  readonly databasePath: string;
  /** Unix socket (a named pipe on Windows) that serves the HTTP application to local commands. */
  readonly controlSocket: string;
  readonly groupsDir: string;
  readonly exportsDir: string;
  /** Copies of the host lists of `feed_sync`. */
  readonly feedsDir: string;
  readonly contextDir: string;
  readonly workingDir: string;
  /** A chat's own files: `<runtime>/groups/<channel>/<chat_id>`. */
  chatDir(chat: Pick<ChatRef, 'channel' | 'chatId'>): string;
  /** Candidates for the identity file of a chat, most specific first. */
  soulPaths(chat: ChatRef): readonly string[];
}

export interface DataLayoutOptions {
  readonly dataDir: string;
  /** `working_dir`; absent or empty means `<data root>/working_dir`. */
  readonly workingDir?: string | undefined;
  readonly contextDir?: string | undefined;
  readonly soulPath?: string | undefined;
  readonly soulsDir?: string | undefined;
}

/** Where the files of the installation with this configuration are. */
export function layoutOf(config: Config): DataLayout {
  return createDataLayout({
    dataDir: config.data_dir,
    workingDir: config.working_dir,
    contextDir: config.context_dir,
    soulPath: config.soul_path,
    soulsDir: config.souls_dir,
  });
}

export function createDataLayout(options: DataLayoutOptions): DataLayout {
  const dataDir = absolute(options.dataDir);
  const dataRoot = path.basename(dataDir) === 'runtime' ? path.dirname(dataDir) : dataDir;
  const runtimeDir = path.join(dataRoot, 'runtime');
  const groupsDir = path.join(runtimeDir, 'groups');
  const chatDir = (chat: Pick<ChatRef, 'channel' | 'chatId'>) =>
    path.join(groupsDir, channelSegment(chat.channel), chatIdSegment(chat.chatId));
  const configuredSouls = soulCandidates(options, dataRoot);
  return {
    dataRoot,
    runtimeDir,
    databasePath: path.join(runtimeDir, 'microclaw.db'),
    controlSocket: controlSocketPath(runtimeDir),
    groupsDir,
    exportsDir: path.join(dataRoot, 'exports'),
    feedsDir: path.join(runtimeDir, 'feeds'),
    contextDir: optional(options.contextDir) ?? path.join(dataRoot, 'context'),
    workingDir: optional(options.workingDir) ?? path.join(dataRoot, 'working_dir'),
    chatDir,
    soulPaths: (chat) => [
      path.join(groupsDir, chatIdSegment(chat.chatId), 'SOUL.md'),
      ...configuredSouls,
      path.join(dataRoot, 'SOUL.md'),
      path.resolve('SOUL.md'),
    ],
  };
}

/** Expands a leading `~` and makes the path absolute. */
export function absolute(file: string): string {
  if (file === '~') return homeDirectory();
  return path.resolve(file.startsWith('~/') ? path.join(homeDirectory(), file.slice(2)) : file);
}

function optional(file: string | undefined): string | undefined {
  return file === undefined || file.trim() === '' ? undefined : absolute(file.trim());
}

/** A relative `soul_path` is tried as given, then in `souls_dir` (bare names), then below the data root. */
function soulCandidates(options: DataLayoutOptions, dataRoot: string): readonly string[] {
  const soulPath = options.soulPath?.trim() ?? '';
  if (soulPath === '') return [];
  if (path.isAbsolute(soulPath) || soulPath.startsWith('~')) return [absolute(soulPath)];
  const soulsDir = optional(options.soulsDir) ?? path.join(dataRoot, 'souls');
  const bare = path.dirname(soulPath) === '.' ? [path.join(soulsDir, soulPath)] : [];
  return [path.resolve(soulPath), ...bare, path.join(dataRoot, soulPath)];
}

/** Longest path a Unix socket may have on every supported system, the terminating zero included. */
const MAX_SOCKET_PATH = 104;

function controlSocketPath(runtimeDir: string): string {
  if (process.platform === 'win32')
    return `\\\\.\\pipe\\microclaw-${runtimeDir.replaceAll(/[^A-Za-z0-9]/g, '-')}`;
  const socket = path.join(runtimeDir, 'control.sock');
  return Buffer.byteLength(socket) < MAX_SOCKET_PATH ? socket : path.relative(process.cwd(), socket);
}
