/**
 * Anthropic Messages events → neutral answer.
 *
 * Invariants: blocks keep the order of their first appearance; `message_stop` ends the answer and nothing else does;
 * an `error` event is a failure; an event that is not JSON is skipped; usage of start and end is merged.
 */
import type { IdSource } from '../../../core/ids.ts';
import { isRecord, parseJson } from '../../../core/json.ts';
import { llmErrors } from '../../errors.ts';
import type { ContentBlock } from '../../message.ts';
import type { StopReason, TokenUsage } from '../../model-port.ts';
import type { ProviderResult, ProviderSink } from '../../provider.ts';
import { failureFromEvent } from '../../provider-failure.ts';
import { anthropicUsage, mergeUsage } from '../../translation/token-usage.ts';
import { cleanToolName, ToolCallIds, toToolUseBlock } from '../../translation/tool-call-input.ts';

const STOP_REASONS: ReadonlyMap<string, StopReason> = new Map([
  ['end_turn', 'end_turn'],
  ['stop_sequence', 'end_turn'],
  ['max_tokens', 'max_tokens'],
  ['model_context_window_exceeded', 'max_tokens'],
  ['tool_use', 'tool_use'],
  ['refusal', 'refusal'],
]);

type OpenBlock =
  | { readonly kind: 'text'; text: string }
  | { readonly kind: 'thinking'; text: string; signature: string }
  | { readonly kind: 'redacted'; readonly data: string }
  | {
      readonly kind: 'tool';
      readonly id: string;
      readonly name: string;
      readonly whole: unknown;
      json: string;
    };

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export class MessagesAnswer {
  readonly #sink: ProviderSink;
  readonly #ids: ToolCallIds;
  readonly #blocks: OpenBlock[] = [];
  /** The block that a provider's index stands for; some compatible servers number every block 0. */
  readonly #byIndex = new Map<unknown, OpenBlock>();
  #stopReason: string | undefined;
  #complete = false;
  #usage: TokenUsage | undefined;

  constructor(sink: ProviderSink, ids: IdSource) {
    this.#sink = sink;
    this.#ids = new ToolCallIds(ids);
  }

  /** Takes in the data of one event; true after the last one. */
  event(data: string): boolean {
    const payload = parseJson(data);
    if (!isRecord(payload)) return false;
    const delta = isRecord(payload.delta) ? payload.delta : {};
    switch (payload.type) {
      case 'message_start':
        if (isRecord(payload.message)) this.#addUsage(payload.message.usage);
        return false;
      case 'content_block_start':
        if (isRecord(payload.content_block)) this.#open(payload.index, payload.content_block);
        return false;
      case 'content_block_delta':
        this.#delta(payload.index, delta);
        return false;
      case 'message_delta':
        this.#addUsage(payload.usage);
        if (typeof delta.stop_reason === 'string') this.#stopReason = delta.stop_reason;
        return false;
      case 'message_stop':
        this.#complete = true;
        return true;
      case 'error':
        throw failureFromEvent(payload);
      default:
        return false;
    }
  }

  /** Takes in an answer that was not streamed; false when it is none. */
  document(message: Readonly<Record<string, unknown>>): boolean {
    const isError = message.type === 'error' || isRecord(message.error) || typeof message.error === 'string';
    if (isError) throw failureFromEvent(message);
    this.#addUsage(message.usage);
    if (typeof message.stop_reason === 'string') this.#stopReason = message.stop_reason;
    const content = Array.isArray(message.content) ? message.content.filter(isRecord) : [];
    for (const [index, block] of content.entries()) this.#open(index, block);
    this.#complete = true;
    return Array.isArray(message.content);
  }

  #addUsage(usage: unknown): void {
    this.#usage = mergeUsage(this.#usage, anthropicUsage(usage));
  }

  #open(index: unknown, block: Readonly<Record<string, unknown>>): void {
    if (block.type === 'text') {
      this.#add(index, { kind: 'text', text: text(block.text) });
      this.#emit('text_delta', text(block.text));
    } else if (block.type === 'thinking') {
      const signature = text(block.signature);
      this.#add(index, { kind: 'thinking', text: text(block.thinking), signature });
      this.#emit('thinking_delta', text(block.thinking));
    } else if (block.type === 'redacted_thinking') {
      this.#add(index, { kind: 'redacted', data: text(block.data) });
    } else if (block.type === 'tool_use') {
      const id = this.#ids.claim(block.id);
      const name = cleanToolName(text(block.name));
      this.#add(index, { kind: 'tool', id, name, whole: block.input, json: '' });
      this.#sink({ kind: 'tool_call_start', id, name });
    }
  }

  #add(index: unknown, block: OpenBlock): void {
    this.#blocks.push(block);
    this.#byIndex.set(index, block);
  }

  #delta(index: unknown, delta: Readonly<Record<string, unknown>>): void {
    const block = this.#byIndex.get(index);
    if (block?.kind === 'text' && delta.type === 'text_delta') {
      block.text += text(delta.text);
      this.#emit('text_delta', text(delta.text));
    } else if (block?.kind === 'thinking' && delta.type === 'thinking_delta') {
      block.text += text(delta.thinking);
      this.#emit('thinking_delta', text(delta.thinking));
    } else if (block?.kind === 'thinking' && delta.type === 'signature_delta') {
      block.signature += text(delta.signature);
    } else if (block?.kind === 'tool' && delta.type === 'input_json_delta') {
      block.json += text(delta.partial_json);
    }
  }

  #emit(kind: 'text_delta' | 'thinking_delta', value: string): void {
    if (value !== '') this.#sink({ kind, text: value });
  }

  /** The complete answer; throws `MC_LLM_STREAM_CUT` when `message_stop` is missing. */
  finish(): ProviderResult {
    if (!this.#complete) {
      throw llmErrors.create('STREAM_CUT', 'The model’s answer ended before it was complete.');
    }
    const stop =
      this.#stopReason === undefined ? 'end_turn' : (STOP_REASONS.get(this.#stopReason) ?? 'other');
    const blocks = this.#blocks;
    const content = blocks.flatMap((block, position) =>
      closedBlock(block, stop === 'max_tokens' && position === blocks.length - 1),
    );
    const hasCalls = content.some((block) => block.type === 'tool_use');
    return { content, stopReason: stopWithCalls(stop, hasCalls), usage: this.#usage };
  }
}

function stopWithCalls(stop: StopReason, hasCalls: boolean): StopReason {
  if (hasCalls) return 'tool_use';
  return stop === 'tool_use' ? 'end_turn' : stop;
}

function closedBlock(block: OpenBlock, cut: boolean): readonly ContentBlock[] {
  switch (block.kind) {
    case 'text':
      return block.text === '' ? [] : [{ type: 'text', text: block.text }];
    case 'thinking': {
      if (block.text === '' && block.signature === '') return [];
      const signed = block.signature === '' ? {} : { signature: block.signature };
      return [{ type: 'thinking', text: block.text, ...signed }];
    }
    case 'redacted':
      return [{ type: 'thinking', text: '', signature: block.data, redacted: true }];
    case 'tool': {
      // Some compatible servers send the whole input with the start of the block.
      const rawInput = block.json === '' && !cut ? block.whole : block.json;
      return [toToolUseBlock({ id: block.id, name: block.name, rawInput, cut })];
    }
    default:
      block satisfies never;
      return [];
  }
}
