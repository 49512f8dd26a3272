/**
 * Neutral request → Anthropic Messages body.
 *
 * Invariants: tools, then the stable system text, then messages: the order in which the provider caches; at most four
 * cache breakpoints; no empty text block is sent; signed thinking goes back unchanged; the same request gives the same
 * bytes.
 */
import type { JsonObject } from '../../../core/json.ts';
import type { ContentBlock, Message, ThinkingBlock } from '../../message.ts';
import type { ThinkingLevel } from '../../model-port.ts';
import type { ProviderRequest } from '../../provider.ts';
import type { RequestAdaptation } from '../../provider-patterns.ts';
import { THINKING_BUDGET_TOKENS } from '../../translation/thinking-parameters.ts';
import { readAnthropicSignature } from '../../translation/thinking-signature.ts';
import { pairToolMessages } from '../../translation/tool-pairing.ts';

/** Breakpoints the API allows in one request. */
const MAX_BREAKPOINTS = 4;

export interface MessagesDialect {
  readonly cache: { readonly enabled: boolean; readonly ttl: '5m' | '1h' };
  readonly adaptations: ReadonlySet<RequestAdaptation>;
}

export interface MessagesBody {
  readonly body: JsonObject;
  /** Optional parameters a complaint may be about. */
  readonly sent: ReadonlySet<string>;
}

/** Builds the body of a streaming request. */
export function buildMessagesBody(request: ProviderRequest, dialect: MessagesDialect): MessagesBody {
  const mark = dialect.cache.enabled ? { cache_control: cacheControl(dialect.cache.ttl) } : undefined;
  const paired = pairToolMessages(request.messages);
  const tools = request.tools.map((tool) => ({
    name: tool.name,
    description: tool.description,
    input_schema: tool.inputSchema,
  }));
  const system = systemBlocks(request, mark);
  const usedMarks = (tools.length > 0 ? 1 : 0) + (system.marked ? 1 : 0);
  const messages = paired.flatMap(wireMessage);
  const thinking = thinkingPart(request.thinking, paired, dialect.adaptations);
  const body: JsonObject = {
    model: request.model,
    max_tokens: request.maxTokens + (thinking === undefined ? 0 : thinking.budget),
    ...(tools.length > 0 ? { tools: markLast(tools, mark) } : {}),
    ...(system.blocks.length > 0 ? { system: system.blocks } : {}),
    messages: mark === undefined ? messages : markNewest(messages, MAX_BREAKPOINTS - usedMarks, mark),
    ...thinking?.parameters,
    stream: true,
  };
  return { body, sent: new Set(thinking === undefined ? [] : ['thinking']) };
}

function cacheControl(ttl: '5m' | '1h'): JsonObject {
  return ttl === '1h' ? { type: 'ephemeral', ttl } : { type: 'ephemeral' };
}

function markLast(items: readonly JsonObject[], mark: JsonObject | undefined): readonly JsonObject[] {
  if (mark === undefined) return items;
  return items.map((item, index) => (index === items.length - 1 ? { ...item, ...mark } : item));
}

/** One block per part, the last stable one marked: everything up to it is the cacheable prefix. */
function systemBlocks(request: ProviderRequest, mark: JsonObject | undefined) {
  const parts = request.system.filter((part) => part.text.trim() !== '');
  const lastStable = parts.findLastIndex((part) => part.stable);
  const blocks: readonly JsonObject[] = parts.map((part, index) => ({
    type: 'text',
    text: part.text,
    ...(index === lastStable ? mark : {}),
  }));
  return { blocks, marked: mark !== undefined && lastStable >= 0 };
}

type WireMessage = { readonly role: string; readonly content: readonly JsonObject[] };

function wireMessage(message: Message): readonly WireMessage[] {
  const blocks =
    message.role === 'user' ? resultsFirst(message.content) : withoutTrailingThinking(message.content);
  const content = blocks.flatMap(wireBlock);
  return content.length === 0 ? [] : [{ role: message.role, content }];
}

/** The API wants tool results at the head of the message that answers the calls. */
function resultsFirst(blocks: readonly ContentBlock[]): readonly ContentBlock[] {
  const isResult = (block: ContentBlock) => block.type === 'tool_result';
  return [...blocks.filter(isResult), ...blocks.filter((block) => !isResult(block))];
}

/** The API rejects an assistant message that ends in thinking. */
function withoutTrailingThinking(blocks: readonly ContentBlock[]): readonly ContentBlock[] {
  return blocks.slice(0, blocks.findLastIndex((block) => block.type !== 'thinking') + 1);
}

function wireBlock(block: ContentBlock): readonly JsonObject[] {
  switch (block.type) {
    case 'text':
      return block.text.trim() === '' ? [] : [{ type: 'text', text: block.text }];
    case 'image':
      return [{ type: 'image', source: { ...block.source } }];
    case 'thinking':
      return wireThinking(block);
    case 'tool_use':
      return [{ type: 'tool_use', id: block.id, name: block.name, input: block.input }];
    case 'tool_result':
      return [
        {
          type: 'tool_result',
          tool_use_id: block.tool_use_id,
          // An error without content is rejected.
          content: block.content === '' ? '(no output)' : block.content,
          ...(block.is_error === true ? { is_error: true } : {}),
        },
      ];
    default:
      block satisfies never;
      return [];
  }
}

function wireThinking(block: ThinkingBlock): readonly JsonObject[] {
  const signature = readAnthropicSignature(block.signature);
  if (signature === undefined) return [];
  if (block.redacted === true) return [{ type: 'redacted_thinking', data: signature }];
  return [{ type: 'thinking', thinking: block.text, signature }];
}

/**
 * Marks the last block of the newest user messages. The message marked by one request is the second newest of the
 * next, so each request reads what the one before it wrote.
 */
function markNewest(
  messages: readonly WireMessage[],
  count: number,
  mark: JsonObject,
): readonly WireMessage[] {
  const users = messages.flatMap((message, index) => (message.role === 'user' ? [index] : []));
  const marked = new Set(users.slice(-count));
  return messages.map((message, index) =>
    marked.has(index) ? { ...message, content: markLast(message.content, mark) } : message,
  );
}

function thinkingPart(
  level: ThinkingLevel,
  messages: readonly Message[],
  adaptations: ReadonlySet<RequestAdaptation>,
): { readonly budget: number; readonly parameters: JsonObject } | undefined {
  if (level === 'off' || adaptations.has('no_thinking') || !mayThink(messages)) return undefined;
  const budget = THINKING_BUDGET_TOKENS[level];
  // Models after 4.6 know only the adaptive form, earlier ones only the budget: the endpoint says which.
  const parameters: JsonObject = adaptations.has('adaptive_thinking')
    ? { thinking: { type: 'adaptive', display: 'summarized' }, output_config: { effort: level } }
    : { thinking: { type: 'enabled', budget_tokens: budget } };
  return { budget, parameters };
}

/**
 * While calls of an answer continue, the API accepts thinking only if that answer began with a signed thinking block;
 * one written by another provider, or before thinking was switched on, did not.
 */
function mayThink(messages: readonly Message[]): boolean {
  const continues = messages.at(-1)?.content.some((block) => block.type === 'tool_result') ?? false;
  if (!continues) return true;
  const first = messages.findLast((message) => message.role === 'assistant')?.content[0];
  return first?.type === 'thinking' && readAnthropicSignature(first.signature) !== undefined;
}
