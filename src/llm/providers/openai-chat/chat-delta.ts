/**
 * Readers for the many shapes in which OpenAI-compatible servers write the same things. Each accepts anything and
 * returns nothing for what it does not know.
 */
import { isRecord } from '../../../core/json.ts';

/** Text in `content`: a string, an array of parts, or an object with `text`, `content`, `parts` or `value`. */
export function contentText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(contentText).join('');
  if (!isRecord(value)) return '';
  return contentText(value.text ?? value.content ?? value.parts ?? value.value);
}

/** Reasoning text of a delta or message, wherever the server puts it. */
export function reasoningText(delta: Readonly<Record<string, unknown>>): string {
  // OpenRouter sends the same text twice, as `reasoning` and as `reasoning_details`: the first non-empty one counts.
  for (const key of ['reasoning_content', 'reasoning', 'thinking', 'thought', 'reasoning_details']) {
    const value = delta[key];
    const text = Array.isArray(value) ? value.map(reasoningPart).join('') : contentText(value);
    if (text !== '') return text;
  }
  return '';
}

/**
 * Reasoning that stands among the parts of the content: `{type: "thinking", thinking: [{type: "text", …}]}` (Mistral).
 */
export function thinkingInContent(content: unknown): string {
  if (!Array.isArray(content)) return '';
  return content.map((part) => (isRecord(part) ? contentText(part.thinking) : '')).join('');
}

function reasoningPart(part: unknown): string {
  if (!isRecord(part)) return typeof part === 'string' ? part : '';
  return contentText(part.text ?? part.summary);
}

/** One entry of `tool_calls`, as far as it is filled in. */
export interface ToolCallDelta {
  readonly index: number | undefined;
  readonly id: string | undefined;
  readonly name: string | undefined;
  /** Text to append, or a whole object. */
  readonly argumentsDelta: string | Readonly<Record<string, unknown>> | undefined;
  readonly thoughtSignature: string | undefined;
}

function nonEmpty(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function googleSignature(entry: Record<string, unknown>, call: Record<string, unknown>): string | undefined {
  const extra = isRecord(entry.extra_content) ? entry.extra_content : {};
  const google = isRecord(extra.google) ? extra.google : {};
  return nonEmpty(google.thought_signature) ?? nonEmpty(call.thought_signature);
}

/** The entries of `tool_calls`; anything that is not an object is left out. */
export function toolCallDeltas(value: unknown): readonly ToolCallDelta[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isRecord).map((entry) => {
    const call = isRecord(entry.function) ? entry.function : entry;
    const raw = call.arguments ?? call.input;
    const index = typeof entry.index === 'string' ? Number(entry.index) : entry.index;
    return {
      index: typeof index === 'number' && Number.isInteger(index) && index >= 0 ? index : undefined,
      id: nonEmpty(entry.id),
      name: nonEmpty(call.name),
      argumentsDelta: typeof raw === 'string' || isRecord(raw) ? raw : undefined,
      thoughtSignature: googleSignature(entry, call),
    };
  });
}
