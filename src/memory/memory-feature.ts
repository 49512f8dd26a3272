/** File memory as a feature: its tools and its prompt section over the same files. */
import { CachedFiles } from '../agent/prompt/cached-file.ts';
import type { PromptSection } from '../agent/prompt/prompt-section.ts';
import type { Clock } from '../core/clock.ts';
import type { GroupDirectories } from '../tools/chat-files/group-directories.ts';
import type { ChatDirectory } from '../tools/chat-files/target-chat.ts';
import type { Tool } from '../tools/tool.ts';
import { MemoryFiles } from './memory-files.ts';
import { memorySection } from './memory-section.ts';
import { createMemoryTools } from './memory-tools.ts';

export interface MemoryFeatureOptions {
  readonly groups: GroupDirectories;
  readonly chats: ChatDirectory;
  readonly clock: Pick<Clock, 'now'>;
  /** Whether `control_chat_ids` names any chat. */
  readonly hasControlChats: boolean;
  /** Reads the files for the prompt; may be shared with other sections. */
  readonly cache?: CachedFiles;
}

export interface MemoryFeature {
  readonly tools: readonly Tool[];
  readonly promptSections: readonly PromptSection[];
  readonly files: MemoryFiles;
}

export function createMemoryFeature(options: MemoryFeatureOptions): MemoryFeature {
  const cache = options.cache ?? new CachedFiles();
  const files = new MemoryFiles(options.groups, options.clock, (file) => cache.forget(file));
  return {
    tools: createMemoryTools({ files, chats: options.chats, hasControlChats: options.hasControlChats }),
    promptSections: [memorySection({ files, cache })],
    files,
  };
}
