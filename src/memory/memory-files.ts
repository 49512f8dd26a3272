/**
 * The memory files of the runtime, one per scope:
 * `groups/AGENTS.md` (global), `groups/<channel>/AGENTS.md` (bot), `groups/<channel>/<chat_id>/AGENTS.md` (chat).
 *
 * Invariants: changes of one file happen one after another, so concurrent chats lose nothing; a change writes the
 * previous version to `AGENTS.md.bak` first; a chat reaches its own file, its channel's and the global one, never
 * another chat's.
 */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../core/clock.ts';
import { readFileIfPresent, writeFileAtomic } from '../tools/chat-files/atomic-file.ts';
import type { ChatKey, GroupDirectories } from '../tools/chat-files/group-directories.ts';
import { memoryErrors } from './errors.ts';
import { appendEntry, dropExpired, type MemoryAddition, replacementText } from './memory-text.ts';

export const MEMORY_SCOPES = ['global', 'bot', 'chat'] as const;
export type MemoryScope = (typeof MEMORY_SCOPES)[number];
export type MemoryWriteMode = 'append' | 'replace';

/** A larger file is not written: it would be sent with every request. UTF-8 bytes. */
export const MAX_MEMORY_BYTES = 65_536;

export class MemoryFiles {
  readonly #groups: GroupDirectories;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #onChanged: (file: string) => void;
  /** The last change of each file; the next one waits for it. */
  readonly #changes = new Map<string, Promise<void>>();

  /** `onChanged` is told the path of every file that was written or removed. */
  constructor(
    groups: GroupDirectories,
    clock: Pick<Clock, 'now'>,
    onChanged: (file: string) => void = () => {},
  ) {
    this.#groups = groups;
    this.#clock = clock;
    this.#onChanged = onChanged;
  }

  /** Absolute path of the file of `scope` as seen from `chat`. */
  path(scope: MemoryScope, chat: ChatKey): string {
    return path.join(this.#directory(scope, chat), 'AGENTS.md');
  }

  /** The file's text without expired entries; `undefined` when it does not exist. */
  async read(scope: MemoryScope, chat: ChatKey): Promise<string | undefined> {
    const text = await readFileIfPresent(this.path(scope, chat));
    return text === undefined ? undefined : dropExpired(text, this.#clock.now());
  }

  /** Raises `MC_MEMORY_TOO_LARGE` and leaves the file as it is when it would grow beyond `MAX_MEMORY_BYTES`. */
  async write(
    scope: MemoryScope,
    chat: ChatKey,
    mode: MemoryWriteMode,
    addition: MemoryAddition,
  ): Promise<void> {
    const file = this.path(scope, chat);
    await this.#inTurn(file, async () => {
      const previous = await readFileIfPresent(file);
      const now = this.#clock.now();
      const next =
        mode === 'append' ? appendEntry(previous ?? '', addition, now) : replacementText(addition, now);
      if (Buffer.byteLength(next) > MAX_MEMORY_BYTES) throw tooLarge(scope, next);
      if (next === previous) return;
      if (previous !== undefined) await writeFileAtomic(`${file}.bak`, previous);
      await writeFileAtomic(file, next);
      this.#onChanged(file);
    });
  }

  /** Removes the chat's own memory and its previous version. */
  async clearChat(chat: ChatKey): Promise<void> {
    const file = this.path('chat', chat);
    await this.#inTurn(file, async () => {
      await rm(file, { force: true });
      this.#onChanged(file);
      await rm(`${file}.bak`, { force: true });
    });
  }

  #directory(scope: MemoryScope, chat: ChatKey): string {
    switch (scope) {
      case 'global':
        return this.#groups.root;
      case 'bot':
        return this.#groups.channelDir(chat.channel);
      case 'chat':
        return this.#groups.chatDir(chat);
      default:
        return scope satisfies never;
    }
  }

  /** Runs `change` after every earlier change of the same file, whether that succeeded or not. */
  async #inTurn(file: string, change: () => Promise<void>): Promise<void> {
    const before = this.#changes.get(file) ?? Promise.resolve();
    const mine = before.then(change);
    const settled = mine.catch(() => {}); // reported to its own caller; the next change is independent of it
    this.#changes.set(file, settled);
    try {
      await mine;
    } finally {
      if (this.#changes.get(file) === settled) this.#changes.delete(file);
    }
  }
}

function tooLarge(scope: MemoryScope, text: string): Error {
  return memoryErrors.create(
    'TOO_LARGE',
    `The ${scope} memory would have ${Buffer.byteLength(text)} bytes; at most ${MAX_MEMORY_BYTES} are kept.`,
    { data: { scope, maxBytes: MAX_MEMORY_BYTES } },
  );
}
