/**
 * Chat completions events → neutral answer.
 *
 * Invariants: an event that is not JSON is skipped; an error object anywhere in the stream is a failure; the answer is
 * complete only after `[DONE]` or a finish reason, and whole with either: what may follow is only the usage; text that
 * may turn out to be raw tool calls is held back until that is known.
 */
import type { IdSource } from '../../../core/ids.ts';
import { isRecord, parseJson } from '../../../core/json.ts';
import { llmErrors } from '../../errors.ts';
import type { ContentBlock } from '../../message.ts';
import type { StopReason, TokenUsage } from '../../model-port.ts';
import type { ProviderResult, ProviderSink } from '../../provider.ts';
import { failureFromEvent } from '../../provider-failure.ts';
import { mayBecomeRawCalls, parseRawToolCalls } from '../../translation/raw-tool-calls.ts';
import { mergeUsage, openAiUsage } from '../../translation/token-usage.ts';
import { ToolCallIds } from '../../translation/tool-call-input.ts';
import { contentText, reasoningText, thinkingInContent, toolCallDeltas } from './chat-delta.ts';
import { ToolCallSlots } from './tool-call-slots.ts';

const STOP_REASONS: ReadonlyMap<string, StopReason> = new Map([
  ['stop', 'end_turn'],
  ['end_turn', 'end_turn'],
  ['eos', 'end_turn'],
  ['length', 'max_tokens'],
  ['max_tokens', 'max_tokens'],
  ['tool_calls', 'tool_use'],
  ['tool_use', 'tool_use'],
  ['function_call', 'tool_use'],
  ['content_filter', 'refusal'],
  ['refusal', 'refusal'],
]);

export class ChatAnswer {
  readonly #sink: ProviderSink;
  readonly #ids: ToolCallIds;
  readonly #slots: ToolCallSlots;
  #text = '';
  /** True once `#text` can no longer be raw calls: from then on deltas are passed on as they come. */
  #plain = false;
  #thinking = '';
  #finishReason: string | undefined;
  #refused = false;
  #sawDone = false;
  #usage: TokenUsage | undefined;

  constructor(sink: ProviderSink, ids: IdSource) {
    this.#sink = sink;
    this.#ids = new ToolCallIds(ids);
    this.#slots = new ToolCallSlots(this.#ids, sink);
  }

  /** Takes in the data of one event; true after the last one. */
  event(data: string): boolean {
    if (data.trim() === '[DONE]') {
      this.#sawDone = true;
      return true;
    }
    const payload = parseJson(data);
    if (isRecord(payload)) this.#chunk(payload);
    return false;
  }

  /** Takes in a whole answer that was not streamed; false when it is none. */
  document(payload: Readonly<Record<string, unknown>>): boolean {
    this.#chunk(payload);
    this.#sawDone = true;
    return Array.isArray(payload.choices);
  }

  /** True when text and calls are complete. */
  get isWhole(): boolean {
    return this.#sawDone || this.#finishReason !== undefined;
  }

  #chunk(payload: Readonly<Record<string, unknown>>): void {
    if (isErrorPayload(payload)) throw failureFromEvent(payload);
    const response = isRecord(payload.response) ? payload.response : {};
    this.#usage = mergeUsage(this.#usage, openAiUsage(payload.usage ?? response.usage));
    const choice: unknown = Array.isArray(payload.choices) ? payload.choices[0] : undefined;
    if (!isRecord(choice)) return;
    // Moonshot counts in the choice.
    this.#usage = mergeUsage(this.#usage, openAiUsage(choice.usage));
    const delta = choice.delta ?? choice.message;
    if (isRecord(delta)) this.#delta(delta);
    if (typeof choice.finish_reason === 'string' && choice.finish_reason !== '') {
      this.#finishReason = choice.finish_reason;
    }
  }

  #delta(delta: Readonly<Record<string, unknown>>): void {
    const thinking = reasoningText(delta) || thinkingInContent(delta.content);
    if (thinking !== '') {
      this.#thinking += thinking;
      this.#sink({ kind: 'thinking_delta', text: thinking });
    }
    const refusal = typeof delta.refusal === 'string' ? delta.refusal : '';
    if (refusal !== '') this.#refused = true;
    this.#addText(contentText(delta.content) + refusal);
    for (const call of toolCallDeltas(delta.tool_calls)) this.#slots.add(call);
  }

  #addText(added: string): void {
    this.#text += added;
    if (this.#plain) this.#show(added);
    else if (!mayBecomeRawCalls(this.#text)) this.#release();
  }

  /** Shows the text that was held back. */
  #release(): void {
    this.#plain = true;
    this.#show(this.#text);
  }

  #show(text: string): void {
    if (text !== '') this.#sink({ kind: 'text_delta', text });
  }

  /** The complete answer; throws `MC_LLM_STREAM_CUT` when the stream ended before its last event. */
  finish(): ProviderResult {
    if (!this.isWhole) {
      throw llmErrors.create('STREAM_CUT', 'The model’s answer ended before it was complete.');
    }
    const stop =
      this.#finishReason === undefined ? 'end_turn' : (STOP_REASONS.get(this.#finishReason) ?? 'other');
    const structured = this.#slots.finish(stop === 'max_tokens');
    const raw = structured.length === 0 ? this.#rawCalls() : undefined;
    if (raw === undefined && !this.#plain) this.#release();
    const calls = raw ?? structured;
    const content: ContentBlock[] = [
      ...(this.#thinking === '' ? [] : [{ type: 'thinking', text: this.#thinking } as const]),
      ...(this.#text === '' || raw !== undefined ? [] : [{ type: 'text', text: this.#text } as const]),
      ...calls,
    ];
    return { content, stopReason: this.#stopReason(stop, calls.length > 0), usage: this.#usage };
  }

  #rawCalls() {
    const calls = parseRawToolCalls(this.#text, (id) => this.#ids.claim(id));
    for (const call of calls ?? []) this.#sink({ kind: 'tool_call_start', id: call.id, name: call.name });
    return calls;
  }

  #stopReason(stop: StopReason, hasCalls: boolean): StopReason {
    if (hasCalls) return 'tool_use';
    if (this.#refused) return 'refusal';
    return stop === 'tool_use' ? 'end_turn' : stop;
  }
}

/** vLLM and SGLang send the error object itself: `{"object":"error","message":"…","code":400}`. */
function isErrorPayload(payload: Readonly<Record<string, unknown>>): boolean {
  return isRecord(payload.error) || typeof payload.error === 'string' || payload.object === 'error';
}
