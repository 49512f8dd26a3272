/** Session entries as plain text: for the summarising model, for the archive file, for the fallback summary. */
import { truncateUtf8 } from '../../core/text.ts';
import type { ContentBlock } from '../../llm/message.ts';
import type { ConversationEntry } from '../loop/conversation.ts';

/** Bytes of a tool result and of a call's arguments kept in the text given to the summarising model. */
const TOOL_BYTES = 200;

/**
 * `[role]: text` lines with shortened tool results, cut to the newest `maxBytes` bytes. An earlier summary stays in
 * front (at most half of the room): it is all there is of what came before it.
 */
export function renderForSummary(entries: readonly ConversationEntry[], maxBytes: number): string {
  const summaries = entries.filter((entry) => entry.kind === 'summary');
  const earlier = truncateUtf8(renderEntries(summaries, maxBytes), Math.floor(maxBytes / 2));
  const room = maxBytes - Buffer.byteLength(earlier);
  const others = entries.filter((entry) => entry.kind !== 'summary');
  const recent = lastBytes(renderEntries(others, maxBytes), room);
  return [earlier, recent].filter((text) => text !== '').join('\n\n');
}

/** Markdown for the archive: everything word for word, `## role` sections separated by `---`. */
export function renderArchive(entries: readonly ConversationEntry[]): string {
  return entries.map((entry) => `## ${entry.role}\n\n${renderBlocks(entry.content, {})}\n`).join('\n---\n\n');
}

/** Nothing of one entry beyond `maxBytes` could be shown anyway, so it is not even assembled. */
function renderEntries(entries: readonly ConversationEntry[], maxBytes: number): string {
  return entries
    .map(
      (entry) =>
        `[${entry.role}]: ${renderBlocks(entry.content, { toolBytes: TOOL_BYTES, textBytes: maxBytes })}`,
    )
    .join('\n\n');
}

interface RenderLimits {
  readonly toolBytes?: number;
  readonly textBytes?: number;
}

function renderBlocks(content: readonly ContentBlock[], limits: RenderLimits): string {
  return content.map((block) => renderBlock(block, limits)).join('\n');
}

function renderBlock(block: ContentBlock, limits: RenderLimits): string {
  switch (block.type) {
    case 'text':
      return limits.textBytes === undefined ? block.text : lastBytes(block.text, limits.textBytes);
    case 'thinking':
      return '';
    case 'image':
      return '[image]';
    case 'tool_use':
      return `[tool_use: ${block.name}(${firstBytes(JSON.stringify(block.input), limits.toolBytes)})]`;
    case 'tool_result':
      return `[tool_result]: ${firstBytes(block.content, limits.toolBytes)}`;
    default:
      return block satisfies never;
  }
}

function firstBytes(text: string, maxBytes: number | undefined): string {
  const cut = maxBytes === undefined ? text : truncateUtf8(text, maxBytes);
  return cut.length < text.length ? `${cut}...` : text;
}

/** The end of the text, marked when something is missing; never begins inside a character. */
function lastBytes(text: string, maxBytes: number): string {
  if (text.length * 3 <= maxBytes) return text; // no UTF-16 unit takes more than three bytes
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= maxBytes) return text;
  let start = bytes.length - maxBytes;
  while (start < bytes.length && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return `…\n${bytes.subarray(start).toString('utf8')}`;
}
