/** What of an answer people see: reasoning tags and printed tool calls are removed. The session keeps the raw text. */

const REASONING_TAGS = ['think', 'thought', 'thinking', 'reasoning'] as const;
const CLOSED_BLOCK = new RegExp(`<(${REASONING_TAGS.join('|')})>[\\s\\S]*?</\\1>`, 'gi');
const OPEN_BLOCK = new RegExp(`<(?:${REASONING_TAGS.join('|')})>[\\s\\S]*$`, 'i');
const PRINTED_CALL_LINE = /^[ \t]*\[tool_use:[^\n]*\][ \t]*$/gim;

/**
 * Removes reasoning blocks (an unclosed one to the end of the text) and lines of the form `[tool_use: …]`, and trims.
 * With `showThinking` the text is only trimmed.
 */
export function visibleText(raw: string, showThinking: boolean): string {
  if (showThinking) return raw.trim();
  return raw.replace(CLOSED_BLOCK, '').replace(OPEN_BLOCK, '').replace(PRINTED_CALL_LINE, '').trim();
}
