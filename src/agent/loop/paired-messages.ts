/**
 * Makes a list of messages acceptable to every provider: each tool call is followed by exactly one result, each result
 * follows its call, no message is empty.
 *
 * The session normally is like that already. It is not after a turn that could not store its results (disk full, a call
 * that failed inside the program) or when a row was damaged; without this, such a chat would be refused by the provider
 * for ever.
 */
import type { ContentBlock, Message, ToolResultBlock } from '../../llm/message.ts';
import { RESULT_LOST } from './fixed-texts.ts';

/** The same array when nothing had to be changed. */
export function pairedMessages(messages: readonly Message[]): readonly Message[] {
  if (isPaired(messages)) return messages;
  const paired: Message[] = [];
  let open: readonly string[] = [];
  for (const message of messages) {
    const content = message.role === 'user' ? answerCalls(open, message.content) : message.content;
    if (message.role === 'assistant' && open.length > 0) {
      paired.push({ role: 'user', content: open.map(lostResult) });
    }
    open = message.role === 'assistant' ? callIds(message.content) : [];
    if (content.length > 0) paired.push({ role: message.role, content });
  }
  if (open.length > 0) paired.push({ role: 'user', content: open.map(lostResult) });
  return paired;
}

function isPaired(messages: readonly Message[]): boolean {
  let open: readonly string[] = [];
  for (const message of messages) {
    if (message.content.length === 0) return false;
    const results = message.content.flatMap((block) =>
      block.type === 'tool_result' ? [block.tool_use_id] : [],
    );
    if (results.length !== open.length || !open.every((id) => results.includes(id))) return false;
    open = callIds(message.content);
  }
  return open.length === 0;
}

/** The content with exactly one result per open call, results first. */
function answerCalls(open: readonly string[], content: readonly ContentBlock[]): readonly ContentBlock[] {
  const results = new Map<string, ToolResultBlock>();
  for (const block of content) if (block.type === 'tool_result') results.set(block.tool_use_id, block);
  return [
    ...open.map((id) => results.get(id) ?? lostResult(id)),
    ...content.filter((block) => block.type !== 'tool_result'),
  ];
}

function callIds(content: readonly ContentBlock[]): readonly string[] {
  return content.flatMap((block) => (block.type === 'tool_use' ? [block.id] : []));
}

function lostResult(toolUseId: string): ToolResultBlock {
  return { type: 'tool_result', tool_use_id: toolUseId, content: RESULT_LOST, is_error: true };
}
