/**
 * The provider-neutral message model. Everything outside `llm/providers/` speaks only these types; the block shapes
 * are also the JSON stored in `session_entries.content_json`.
 */
import type { JsonObject } from '../core/json.ts';

export interface TextBlock {
  readonly type: 'text';
  readonly text: string;
}

export interface ImageBlock {
  readonly type: 'image';
  readonly source: { readonly type: 'base64'; readonly media_type: string; readonly data: string };
}

/** Reasoning text. `signature` must be sent back unchanged while a tool call of the same answer continues. */
export interface ThinkingBlock {
  readonly type: 'thinking';
  readonly text: string;
  readonly signature?: string;
  /** The provider sent this reasoning encrypted: `text` is empty and `signature` is all there is. */
  readonly redacted?: true;
}

export interface ToolUseBlock {
  readonly type: 'tool_use';
  readonly id: string;
  readonly name: string;
  readonly input: JsonObject;
  /** Opaque provider token that must round-trip (Gemini). */
  readonly thought_signature?: string;
  /**
   * Set when the provider's arguments were not a JSON object or were cut off. Such a call is answered with a tool
   * error and never executed.
   */
  readonly invalid_input?: string;
}

export interface ToolResultBlock {
  readonly type: 'tool_result';
  readonly tool_use_id: string;
  readonly content: string;
  readonly is_error?: true;
}

export type ContentBlock = TextBlock | ImageBlock | ThinkingBlock | ToolUseBlock | ToolResultBlock;

export interface Message {
  readonly role: 'user' | 'assistant';
  readonly content: readonly ContentBlock[];
}

/** The text blocks of a message, joined by newlines. */
export function textOf(message: Message): string {
  return message.content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n');
}
