/**
 * The `# Memories` section of the system prompt (agent-runtime §4, row 8): what is in force in the three memory files
 * of a chat.
 *
 * Invariants: costs at most three `stat` calls while nothing changes; an entry disappears in the turn after it expired;
 * a file cannot make the prompt arbitrarily long, and its text cannot close its own tags.
 */
import type { CachedFiles } from '../agent/prompt/cached-file.ts';
import type { PromptSection } from '../agent/prompt/prompt-section.ts';
import type { ChatRef } from '../core/chat.ts';
import { codePointLength, sliceCodePoints } from '../core/text.ts';
import { MEMORY_SCOPES, type MemoryFiles } from './memory-files.ts';
import { activeText, neutraliseTags } from './memory-text.ts';

/** Characters of one file in the prompt. */
export const MAX_SECTION_CHARS = 8_000;
const CUT_MARKER = '[older memory truncated; read_memory shows all of it]…';

export interface MemorySectionParts {
  readonly files: MemoryFiles;
  readonly cache: CachedFiles;
}

export function memorySection(parts: MemorySectionParts): PromptSection {
  return {
    name: 'memories',
    placement: 'changing',
    render: ({ chat, nowMs }) => memoryPromptSection(parts, chat, nowMs),
  };
}

/** The section's text, or `undefined` when no memory is in force. */
export async function memoryPromptSection(
  { files, cache }: MemorySectionParts,
  chat: ChatRef,
  nowMs: number,
): Promise<string | undefined> {
  const blocks = await Promise.all(
    MEMORY_SCOPES.map(async (scope) => {
      const text = await cache.read(files.path(scope, chat));
      const shown = text === undefined ? '' : shorten(activeText(text, nowMs).trim());
      return shown === '' ? [] : [`<${scope}_memory>\n${neutraliseTags(shown)}\n</${scope}_memory>`];
    }),
  );
  const sections = blocks.flat();
  return sections.length === 0 ? undefined : `# Memories\n${sections.join('\n')}`;
}

/** The newest entries are at the end, so the beginning is what is cut. */
function shorten(text: string): string {
  if (text.length <= MAX_SECTION_CHARS) return text;
  const length = codePointLength(text);
  if (length <= MAX_SECTION_CHARS) return text;
  return `${CUT_MARKER}\n${sliceCodePoints(text, length - MAX_SECTION_CHARS, MAX_SECTION_CHARS)}`;
}
