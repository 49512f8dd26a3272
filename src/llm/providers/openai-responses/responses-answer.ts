/**
 * OpenAI Responses events → neutral answer.
 *
 * Invariants: a finished item is taken from `response.output_item.done`, which repeats it whole; an item without it
 * was cut; the answer ends with `response.completed`, `response.incomplete` or `response.done` and with nothing else;
 * `response.failed` and `error` are failures; an event that is not JSON is skipped.
 */
import type { IdSource } from '../../../core/ids.ts';
import { isRecord, parseJson } from '../../../core/json.ts';
import { llmErrors } from '../../errors.ts';
import type { ContentBlock } from '../../message.ts';
import type { StopReason, TokenUsage } from '../../model-port.ts';
import type { ProviderResult, ProviderSink } from '../../provider.ts';
import { failureFromEvent } from '../../provider-failure.ts';
import { responsesSignature } from '../../translation/thinking-signature.ts';
import { mergeUsage, openAiUsage } from '../../translation/token-usage.ts';
import { cleanToolName, ToolCallIds, toToolUseBlock } from '../../translation/tool-call-input.ts';

type Json = Readonly<Record<string, unknown>>;

interface OpenItem {
  item: Json;
  /** Text or arguments collected from deltas. */
  collected: string;
  done: boolean;
  callId: string | undefined;
}

function str(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function records(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

export class ResponsesAnswer {
  readonly #sink: ProviderSink;
  readonly #ids: ToolCallIds;
  /** By output index, in the order of appearance. */
  readonly #items = new Map<unknown, OpenItem>();
  #final: Json | undefined;
  #usage: TokenUsage | undefined;
  #refused = false;

  constructor(sink: ProviderSink, ids: IdSource) {
    this.#sink = sink;
    this.#ids = new ToolCallIds(ids);
  }

  /** Takes in the data of one event; true after the last one. */
  event(data: string): boolean {
    if (data.trim() === '[DONE]') return true;
    const payload = parseJson(data);
    if (!isRecord(payload)) return false;
    const type = str(payload.type);
    if (type === 'error') throw failureFromEvent(payload);
    const { response } = payload;
    if (isRecord(response)) return this.#response(type, response);
    if (type === 'response.output_item.added' && isRecord(payload.item))
      this.#open(payload.output_index, payload.item);
    else if (type === 'response.output_item.done' && isRecord(payload.item)) {
      this.#close(payload.output_index, payload.item);
    } else if (type.endsWith('.delta')) this.#delta(type, payload);
    return false;
  }

  #response(type: string, response: Json): boolean {
    this.#usage = mergeUsage(this.#usage, openAiUsage(response.usage));
    if (type === 'response.failed' || response.status === 'failed') throw failureFromEvent(response);
    const last = type === 'response.completed' || type === 'response.incomplete' || type === 'response.done';
    if (last) this.#end(response);
    return last;
  }

  /** Takes in an answer that was not streamed; false when it is none. */
  document(response: Json): boolean {
    if (response.status === 'failed' || isRecord(response.error)) throw failureFromEvent(response);
    this.#usage = mergeUsage(this.#usage, openAiUsage(response.usage));
    this.#end(response);
    return Array.isArray(response.output);
  }

  #end(response: Json): void {
    this.#final = response;
    if (this.#items.size > 0) return;
    // Servers that repeat nothing item by item put everything into the last event.
    for (const [index, item] of records(response.output).entries()) this.#close(index, item);
  }

  #open(index: unknown, item: Json): OpenItem {
    const known = this.#items.get(index);
    if (known !== undefined) return known;
    const opened: OpenItem = { item, collected: '', done: false, callId: undefined };
    if (item.type === 'function_call') {
      opened.callId = this.#ids.claim(item.call_id);
      this.#sink({ kind: 'tool_call_start', id: opened.callId, name: cleanToolName(str(item.name)) });
    }
    this.#items.set(index, opened);
    return opened;
  }

  #close(index: unknown, item: Json): void {
    const opened = this.#open(index, item);
    opened.item = item;
    opened.done = item.status !== 'incomplete';
    if (opened.collected !== '') return;
    // Nothing of it was streamed: show it in one piece.
    if (item.type === 'message') this.#show('text_delta', messageText(item), opened);
    else if (item.type === 'reasoning') this.#show('thinking_delta', reasoningText(item), opened);
  }

  #delta(type: string, payload: Json): void {
    const opened = this.#items.get(payload.output_index);
    if (opened === undefined) return;
    const delta = str(payload.delta);
    switch (type) {
      case 'response.output_text.delta':
        this.#show('text_delta', delta, opened);
        return;
      case 'response.refusal.delta':
        this.#refused = true;
        this.#show('text_delta', delta, opened);
        return;
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        this.#show('thinking_delta', delta, opened);
        return;
      case 'response.function_call_arguments.delta':
        opened.collected += delta;
        return;
      default:
    }
  }

  #show(kind: 'text_delta' | 'thinking_delta', text: string, opened: OpenItem): void {
    if (text === '') return;
    opened.collected += text;
    this.#sink({ kind, text });
  }

  /** The complete answer; throws `MC_LLM_STREAM_CUT` when the last event is missing. */
  finish(): ProviderResult {
    const final = this.#final;
    if (final === undefined) {
      throw llmErrors.create('STREAM_CUT', 'The model’s answer ended before it was complete.');
    }
    const stop = stopReason(final);
    const content = [...this.#items.values()].flatMap((opened) => this.#block(opened, stop === 'max_tokens'));
    const hasCalls = content.some((block) => block.type === 'tool_use');
    if (hasCalls) return { content, stopReason: 'tool_use', usage: this.#usage };
    return { content, stopReason: this.#refused ? 'refusal' : stop, usage: this.#usage };
  }

  #block(opened: OpenItem, cutByLimit: boolean): readonly ContentBlock[] {
    const { item, collected } = opened;
    if (item.type === 'message') {
      if (records(item.content).some((part) => part.type === 'refusal')) this.#refused = true;
      const text = messageText(item) || collected;
      return text === '' ? [] : [{ type: 'text', text }];
    }
    if (item.type === 'reasoning') return reasoningBlock(item, collected);
    if (item.type !== 'function_call' || opened.callId === undefined) return [];
    const rawInput = opened.done ? item.arguments : collected;
    const cut = cutByLimit && !opened.done;
    return [toToolUseBlock({ id: opened.callId, name: cleanToolName(str(item.name)), rawInput, cut })];
  }
}

function messageText(item: Json): string {
  return records(item.content)
    .map((part) => str(part.text) || str(part.refusal))
    .join('');
}

function reasoningText(item: Json): string {
  return records(item.summary)
    .map((part) => str(part.text))
    .join('\n\n');
}

function reasoningBlock(item: Json, collected: string): readonly ContentBlock[] {
  const text = reasoningText(item) || collected;
  const id = str(item.id);
  const encrypted = str(item.encrypted_content);
  if (text === '' && encrypted === '') return [];
  const signed = id === '' || encrypted === '' ? {} : { signature: responsesSignature({ id, encrypted }) };
  return [{ type: 'thinking', text, ...signed }];
}

function stopReason(response: Json): StopReason {
  const details = isRecord(response.incomplete_details) ? response.incomplete_details : {};
  if (details.reason === 'max_output_tokens') return 'max_tokens';
  if (details.reason === 'content_filter') return 'refusal';
  return response.status === 'incomplete' ? 'other' : 'end_turn';
}
