/**
 * The port between the model service and a wire protocol: one attempt at one endpoint with one key.
 *
 * Invariants of an implementation: no retry and no fallback (the service does that); events are emitted in order and
 * before the promise settles; a stream without its terminal event rejects; an abort rejects with the signal's reason
 * and closes the connection; every other rejection is an `MC_LLM_*` error.
 */
import type { ContentBlock, Message } from './message.ts';
import type {
  ModelStreamEvent,
  StopReason,
  ThinkingLevel,
  TokenUsage,
  ToolDefinition,
} from './model-port.ts';

/** A `ModelRequest` after profile, model and limits have been chosen. */
export interface ProviderRequest {
  readonly model: string;
  /** As in `ModelRequest`: parts up to the last `stable` one form the cacheable prefix. */
  readonly system: readonly { readonly text: string; readonly stable: boolean }[];
  readonly messages: readonly Message[];
  readonly tools: readonly ToolDefinition[];
  readonly thinking: ThinkingLevel;
  /** Upper bound of the answer in tokens, thinking excluded. */
  readonly maxTokens: number;
  /** Opaque and stable per conversation: a hint for provider-side caching. */
  readonly cacheKey?: string;
}

/** What an attempt reports while it streams. */
export type ProviderEvent = Extract<
  ModelStreamEvent,
  { readonly kind: 'text_delta' | 'thinking_delta' | 'tool_call_start' }
>;

export type ProviderSink = (event: ProviderEvent) => void;

/** A complete answer. `stopReason` is `tool_use` exactly when `content` has a tool call. */
export interface ProviderResult {
  readonly content: readonly ContentBlock[];
  readonly stopReason: StopReason;
  readonly usage: TokenUsage | undefined;
}

export interface Provider {
  stream(request: ProviderRequest, sink: ProviderSink, signal: AbortSignal): Promise<ProviderResult>;
}
