/**
 * Sections that come from the operator's files: SOUL (identity), USER.md (user model) and project context
 * (agent-runtime §4, rows 1, 6 and 7).
 */
import { join } from 'node:path';
import type { ChatRef } from '../../core/chat.ts';
import { sliceCodePoints } from '../../core/text.ts';
import type { CachedFiles } from './cached-file.ts';
import type { PromptSection } from './prompt-section.ts';
import { defaultIdentity } from './static-sections.ts';

export interface FileSectionOptions {
  /** Directory of a chat's own files: `<runtime>/groups/<channel>/<chat_id>`. */
  readonly chatDir: (chat: ChatRef) => string;
  /** Candidates for the chat's SOUL file, most specific first. */
  readonly soulPaths: (chat: ChatRef) => readonly string[];
  readonly botName: string;
  readonly contextDir: string;
  /** Characters; 0 leaves the section out. */
  readonly contextMaxChars: number;
  readonly userModelMaxChars: number;
}

/** `<soul>…</soul>` of the first file that has text, otherwise the default identity. */
export function identitySection(options: FileSectionOptions, files: CachedFiles): PromptSection {
  return {
    name: 'identity',
    placement: 'stable',
    render: async ({ chat }) => {
      for (const path of options.soulPaths(chat)) {
        const soul = await files.read(path);
        if (soul !== undefined) return `<soul>\n${soul}\n</soul>\nYour name is ${options.botName}.`;
      }
      return defaultIdentity(options.botName);
    },
  };
}

export function userModelSection(options: FileSectionOptions, files: CachedFiles): PromptSection {
  return {
    name: 'user-model',
    placement: 'stable',
    render: async ({ chat }) => {
      if (options.userModelMaxChars === 0) return undefined;
      const text = await files.read(join(options.chatDir(chat), 'USER.md'));
      if (text === undefined) return undefined;
      return `# User Model\n<user_model>\n${sliceCodePoints(text, 0, options.userModelMaxChars)}\n</user_model>`;
    },
  };
}

/** `*.md` of the context directory, then of the chat's own, sorted by name, each under its file name. */
export function projectContextSection(options: FileSectionOptions, files: CachedFiles): PromptSection {
  return {
    name: 'project-context',
    placement: 'stable',
    render: async ({ chat }) => {
      if (options.contextMaxChars === 0) return undefined;
      const parts: string[] = [];
      for (const directory of [options.contextDir, join(options.chatDir(chat), 'context')]) {
        for (const name of await files.listMarkdown(directory)) {
          const text = await files.read(join(directory, name));
          if (text !== undefined) parts.push(`## ${name}\n${text}`);
        }
      }
      if (parts.length === 0) return undefined;
      const text = sliceCodePoints(parts.join('\n\n'), 0, options.contextMaxChars);
      return `# Project Context\n<project_context>\n${text}\n</project_context>`;
    },
  };
}
