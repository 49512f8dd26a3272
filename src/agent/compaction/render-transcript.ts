/** Session entries as plain text: for the summarising model, for the archive file, for the fallback summary. */
import { truncateUtf8 } from '../../core/text.ts';
import type { ContentBlock } from '../../llm/message.ts';
import type { ConversationEntry } from '../loop/conversation.ts';

/** Bytes of a tool result kept in the text given to the summarising model. */
const RESULT_BYTES = 200;

/** `[role]: text` lines with shortened tool results, cut to the newest `maxBytes` bytes. */
export function renderForSummary(entries: readonly ConversationEntry[], maxBytes: number): string {
  const text = entries
    .map((entry) => `[${entry.role}]: ${renderBlocks(entry.content, RESULT_BYTES)}`)
    .join('\n\n');
  const bytes = Buffer.byteLength(text, 'utf8');
  if (bytes <= maxBytes) return text;
  const reversed = [...text].reverse().join('');
  return `…\n${[...truncateUtf8(reversed, maxBytes)].reverse().join('')}`;
}

/** Markdown for the archive: everything word for word, `## role` sections separated by `---`. */
export function renderArchive(entries: readonly ConversationEntry[]): string {
  return entries
    .map((entry) => `## ${entry.role}\n\n${renderBlocks(entry.content, Number.POSITIVE_INFINITY)}\n`)
    .join('\n---\n\n');
}

function renderBlocks(content: readonly ContentBlock[], resultBytes: number): string {
  return content.map((block) => renderBlock(block, resultBytes)).join('\n');
}

function renderBlock(block: ContentBlock, resultBytes: number): string {
  switch (block.type) {
    case 'text':
      return block.text;
    case 'thinking':
      return '';
    case 'image':
      return '[image]';
    case 'tool_use':
      return `[tool_use: ${block.name}(${JSON.stringify(block.input)})]`;
    case 'tool_result': {
      const cut = truncateUtf8(block.content, Math.min(resultBytes, Number.MAX_SAFE_INTEGER));
      return `[tool_result]: ${cut}${cut.length < block.content.length ? '...' : ''}`;
    }
    default:
      return block satisfies never;
  }
}
