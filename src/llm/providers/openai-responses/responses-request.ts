/**
 * Neutral request → OpenAI Responses body. Nothing is stored at the provider (`store: false`): reasoning travels back
 * encrypted with the conversation.
 */
import type { JsonObject } from '../../../core/json.ts';
import type { ProviderPreset } from '../../catalog.ts';
import type { BodyOverrides } from '../../llm-options.ts';
import type { ContentBlock, Message } from '../../message.ts';
import type { ProviderRequest } from '../../provider.ts';
import type { RequestAdaptation } from '../../provider-patterns.ts';
import { applyBodyOverrides } from '../../translation/body-overrides.ts';
import { readResponsesSignature } from '../../translation/thinking-signature.ts';
import { pairToolMessages } from '../../translation/tool-pairing.ts';
import { wireCallId } from '../../translation/wire-call-id.ts';

export interface ResponsesDialect {
  readonly preset: ProviderPreset;
  readonly overrides: BodyOverrides;
  readonly adaptations: ReadonlySet<RequestAdaptation>;
}

export interface ResponsesBody {
  readonly body: Readonly<Record<string, unknown>>;
  readonly sent: ReadonlySet<string>;
}

/** Builds the body of a streaming request. */
export function buildResponsesBody(request: ProviderRequest, dialect: ResponsesDialect): ResponsesBody {
  const { preset, adaptations } = dialect;
  const withThinking = request.thinking !== 'off' && !adaptations.has('no_thinking');
  const withReasoning = !adaptations.has('no_encrypted_reasoning');
  const withCacheKey =
    preset.promptCacheKey && request.cacheKey !== undefined && !adaptations.has('no_cache_key');
  const instructions = request.system
    .map((part) => part.text)
    .filter((text) => text.trim() !== '')
    .join('\n\n');
  const base = {
    model: request.model,
    instructions,
    input: pairToolMessages(request.messages).flatMap((message) => inputItems(message, withReasoning)),
    store: false,
    ...(preset.outputLimit ? { max_output_tokens: request.maxTokens } : {}),
    ...(withThinking ? { reasoning: { effort: request.thinking, summary: 'auto' } } : {}),
    ...(withReasoning ? { include: ['reasoning.encrypted_content'] } : {}),
    ...(withCacheKey ? { prompt_cache_key: request.cacheKey } : {}),
  };
  const body = applyBodyOverrides(base, dialect.overrides);
  if (request.tools.length > 0) {
    body.tools = request.tools.map((tool) => ({
      type: 'function',
      name: tool.name,
      description: tool.description,
      parameters: tool.inputSchema,
      // Strict mode demands that every property is required, which tools with optional inputs are not.
      strict: false,
    }));
    body.tool_choice = 'auto';
  }
  body.stream = true;
  const sent = new Set(['include', 'prompt_cache_key'].filter((name) => name in body));
  if (withThinking && 'reasoning' in body) sent.add('thinking');
  return { body, sent };
}

function inputItems(message: Message, withReasoning: boolean): readonly JsonObject[] {
  return message.role === 'user' ? userItems(message) : assistantItems(message, withReasoning);
}

function userItems(message: Message): readonly JsonObject[] {
  const outputs: JsonObject[] = [];
  const content: JsonObject[] = [];
  for (const block of message.content) {
    if (block.type === 'tool_result') {
      const output = block.is_error === true ? `[Error] ${block.content}` : block.content;
      outputs.push({
        type: 'function_call_output',
        call_id: wireCallId(block.tool_use_id, 'up_to_40'),
        output,
      });
    } else if (block.type === 'text') {
      if (block.text !== '') content.push({ type: 'input_text', text: block.text });
    } else if (block.type === 'image') {
      const url = `data:${block.source.media_type};base64,${block.source.data}`;
      content.push({ type: 'input_image', image_url: url, detail: 'auto' });
    }
  }
  return content.length === 0 ? outputs : [...outputs, { type: 'message', role: 'user', content }];
}

function assistantItems(message: Message, withReasoning: boolean): readonly JsonObject[] {
  const lastVisible = message.content.findLastIndex((block) => block.type !== 'thinking');
  // A reasoning item must be followed by what it led to.
  return message.content.slice(0, lastVisible + 1).flatMap((block) => assistantItem(block, withReasoning));
}

function assistantItem(block: ContentBlock, withReasoning: boolean): readonly JsonObject[] {
  if (block.type === 'text') {
    if (block.text === '') return [];
    return [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: block.text }] }];
  }
  if (block.type === 'tool_use') {
    const args = JSON.stringify(block.input);
    return [
      { type: 'function_call', call_id: wireCallId(block.id, 'up_to_40'), name: block.name, arguments: args },
    ];
  }
  if (block.type !== 'thinking' || !withReasoning) return [];
  const reference = readResponsesSignature(block.signature);
  if (reference === undefined) return [];
  const summary = block.text === '' ? [] : [{ type: 'summary_text', text: block.text }];
  return [{ type: 'reasoning', id: reference.id, summary, encrypted_content: reference.encrypted }];
}
