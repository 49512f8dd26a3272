/** Keeps tool call ids unique within a conversation; some providers number them anew in every answer. */
import type { IdSource } from '../../core/ids.ts';
import type { ContentBlock, ToolUseBlock } from '../../llm/message.ts';
import type { ToolCall } from '../../tools/tool-call.ts';

const VALID_ID = /^[A-Za-z0-9_-]+$/;

/** The blocks with every repeated or malformed call id replaced; `used` gains the ids of the result. */
export function withUniqueToolIds(
  content: readonly ContentBlock[],
  used: Set<string>,
  ids: IdSource,
): readonly ContentBlock[] {
  return content.map((block) => {
    if (block.type !== 'tool_use') return block;
    const id = VALID_ID.test(block.id) && !used.has(block.id) ? block.id : `call_${ids.hex(12)}`;
    used.add(id);
    return id === block.id ? block : { ...block, id };
  });
}

/** The calls of an answer, in order. */
export function toolCallsOf(content: readonly ContentBlock[]): readonly ToolCall[] {
  return content.filter((block): block is ToolUseBlock => block.type === 'tool_use').map(toToolCall);
}

function toToolCall(block: ToolUseBlock): ToolCall {
  return {
    toolUseId: block.id,
    name: block.name,
    input: block.input,
    ...(block.invalid_input === undefined ? {} : { invalidInput: block.invalid_input }),
  };
}
