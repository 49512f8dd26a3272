/** First step: is there a tool of that name, and is the input usable at all? */

import { type Refusal, refuse } from '../ports.ts';
import type { ToolRegistry } from '../registry.ts';
import type { Tool } from '../tool.ts';
import type { ToolCall } from '../tool-call.ts';

/** The called tool, or why there is none. */
export function parseCall(
  call: ToolCall,
  registry: ToolRegistry,
): { readonly kind: 'parsed'; readonly tool: Tool } | Refusal {
  if (call.name.trim() === '') {
    return refuse(
      'tool_error',
      'Malformed tool call: missing tool name. Retry with a valid registered tool.',
    );
  }
  const tool = registry.find(call.name);
  if (tool === undefined) return refuse('unknown_tool', `Unknown tool: ${call.name}`);
  if (call.invalidInput !== undefined) {
    return refuse(
      'tool_error',
      `Malformed tool call: ${call.invalidInput} The call was not run. Retry with complete JSON arguments.`,
    );
  }
  return { kind: 'parsed', tool };
}
