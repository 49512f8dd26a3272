/**
 * Neutral request → chat completions body.
 *
 * Invariants: the same request gives the same bytes; system text and tools come before anything that changes from turn
 * to turn; every tool message follows the assistant message that asked for it.
 */
import type { JsonObject } from '../../../core/json.ts';
import type { ProviderPreset } from '../../catalog.ts';
import type { BodyOverrides } from '../../llm-options.ts';
import type { Message, ToolUseBlock } from '../../message.ts';
import type { ProviderRequest } from '../../provider.ts';
import type { RequestAdaptation } from '../../provider-patterns.ts';
import { applyBodyOverrides } from '../../translation/body-overrides.ts';
import { thinkingParameters } from '../../translation/thinking-parameters.ts';
import { pairToolMessages } from '../../translation/tool-pairing.ts';
import { wireCallId } from '../../translation/wire-call-id.ts';

export interface ChatDialect {
  readonly preset: ProviderPreset;
  readonly overrides: BodyOverrides;
  /** What this endpoint and model asked to be changed before. */
  readonly adaptations: ReadonlySet<RequestAdaptation>;
}

export interface ChatBody {
  readonly body: Readonly<Record<string, unknown>>;
  /** Optional parameters the body carries, for matching complaints; `thinking` stands for all its dialects. */
  readonly sent: ReadonlySet<string>;
}

/** Builds the body of a streaming request. */
export function buildChatBody(request: ProviderRequest, dialect: ChatDialect): ChatBody {
  const { preset, adaptations } = dialect;
  const useCompletionTokens =
    preset.maxTokensParameter === 'max_completion_tokens' || adaptations.has('max_completion_tokens');
  const thinking = adaptations.has('no_thinking')
    ? {}
    : thinkingParameters(preset.thinking, request.thinking);
  const withCacheKey =
    preset.promptCacheKey && request.cacheKey !== undefined && !adaptations.has('no_cache_key');
  const withSignatures = !adaptations.has('no_extra_content');
  const messages = chatMessages(request, { preset, withSignatures });
  const base = {
    model: request.model,
    messages,
    [useCompletionTokens ? 'max_completion_tokens' : 'max_tokens']: request.maxTokens,
    ...thinking,
    ...(withCacheKey ? { prompt_cache_key: request.cacheKey } : {}),
  };
  const body = applyBodyOverrides(base, dialect.overrides);
  if (request.tools.length > 0) body.tools = request.tools.map(chatTool);
  body.stream = true;
  if (!adaptations.has('no_stream_options') && body.stream_options === undefined) {
    body.stream_options = { include_usage: true };
  }
  const sent = new Set(['max_tokens', 'stream_options', 'prompt_cache_key'].filter((name) => name in body));
  if (Object.keys(thinking).some((name) => name in body)) sent.add('thinking');
  if (withSignatures && hasSignatures(request.messages)) sent.add('extra_content');
  return { body, sent };
}

function chatTool(tool: ProviderRequest['tools'][number]): JsonObject {
  return {
    type: 'function',
    function: { name: tool.name, description: tool.description, parameters: tool.inputSchema },
  };
}

interface MessageStyle {
  readonly preset: ProviderPreset;
  /** Calls may carry Gemini's signatures. */
  readonly withSignatures: boolean;
}

function chatMessages(request: ProviderRequest, style: MessageStyle): readonly JsonObject[] {
  const { preset } = style;
  const system = request.system
    .map((part) => part.text)
    .filter((text) => text.trim() !== '')
    .join('\n\n');
  const bridge =
    preset.reasoningBridge === 'always' ||
    (preset.reasoningBridge === 'when_thinking' && request.thinking !== 'off');
  const rest = pairToolMessages(request.messages).flatMap((message) =>
    message.role === 'user' ? userMessages(message, preset) : assistantMessages(message, bridge, style),
  );
  return system === '' ? rest : [{ role: 'system', content: system }, ...rest];
}

/** Tool results first, each as its own message, then what the user added beside them. */
function userMessages(message: Message, { callIds }: ProviderPreset): readonly JsonObject[] {
  const results: JsonObject[] = [];
  const parts: JsonObject[] = [];
  for (const block of message.content) {
    if (block.type === 'tool_result') {
      const content = block.is_error === true ? `[Error] ${block.content}` : block.content;
      results.push({ role: 'tool', tool_call_id: wireCallId(block.tool_use_id, callIds), content });
    } else if (block.type === 'text') {
      if (block.text !== '') parts.push({ type: 'text', text: block.text });
    } else if (block.type === 'image') {
      const url = `data:${block.source.media_type};base64,${block.source.data}`;
      parts.push({ type: 'image_url', image_url: { url } });
    }
  }
  if (parts.length === 0) return results;
  const onlyText = parts.every((part) => part.type === 'text');
  // Plain text as a string: some compatible servers know no part arrays.
  const content = onlyText ? parts.map((part) => part.text).join('\n') : parts;
  return [...results, { role: 'user', content }];
}

function assistantMessages(message: Message, bridge: boolean, style: MessageStyle): readonly JsonObject[] {
  const text = message.content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n');
  const thinking = message.content
    .flatMap((block) => (block.type === 'thinking' ? [block.text] : []))
    .join('\n');
  const calls = message.content.flatMap((block) =>
    block.type === 'tool_use' ? [chatToolCall(block, style)] : [],
  );
  if (calls.length === 0) return text === '' ? [] : [{ role: 'assistant', content: text }];
  const base = { role: 'assistant', tool_calls: calls };
  if (!bridge) return [{ ...base, content: text === '' ? null : text }];
  if (thinking !== '') return [{ ...base, content: text === '' ? null : text, reasoning_content: thinking }];
  return [{ ...base, content: null, ...(text === '' ? {} : { reasoning_content: text }) }];
}

function chatToolCall(block: ToolUseBlock, { preset, withSignatures }: MessageStyle): JsonObject {
  return {
    id: wireCallId(block.id, preset.callIds),
    type: 'function',
    function: { name: block.name, arguments: JSON.stringify(block.input) },
    ...(block.thought_signature === undefined || !withSignatures
      ? {}
      : { extra_content: { google: { thought_signature: block.thought_signature } } }),
  };
}

function hasSignatures(messages: readonly Message[]): boolean {
  return messages.some(({ content }) =>
    content.some((block) => block.type === 'tool_use' && block.thought_signature !== undefined),
  );
}
