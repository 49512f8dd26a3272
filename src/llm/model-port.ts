/** What the agent asks of a language model, whatever the provider. */
import type { JsonObject } from '../core/json.ts';
import type { ContentBlock, Message } from './message.ts';

/** A tool as the model sees it. `inputSchema` is JSON Schema of type object. */
export interface ToolDefinition {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: JsonObject;
}

export type ThinkingLevel = 'off' | 'low' | 'medium' | 'high';

/** What the answer is for; recorded as `llm_usage_logs.request_kind`. */
export type RequestKind = 'agent_loop' | 'compaction' | 'title' | 'reflector' | 'vision' | 'approval_review';

export interface ModelRequest {
  readonly requestKind: RequestKind;
  /**
   * System text in order. Parts before the last one marked `stable` must be byte-identical from turn to turn, so that
   * provider prompt caches hit; volatile text comes after.
   */
  readonly system: readonly { readonly text: string; readonly stable: boolean }[];
  readonly messages: readonly Message[];
  /** In a stable order. */
  readonly tools: readonly ToolDefinition[];
  readonly thinking: ThinkingLevel;
  /** Overrides of the configured default; absent means the default. */
  readonly providerAlias?: string;
  readonly model?: string;
  readonly maxTokens?: number;
  /** Chat whose turn this is; used as a stable hint for provider-side caching, never sent as content. */
  readonly chatId?: number;
}

export type StopReason = 'end_turn' | 'max_tokens' | 'tool_use' | 'refusal' | 'other';

export interface TokenUsage {
  /** All input tokens, cached ones included. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
}

export interface ModelResponse {
  /** In the order the model produced them. */
  readonly content: readonly ContentBlock[];
  readonly stopReason: StopReason;
  /** Absent when the provider reported none. */
  readonly usage: TokenUsage | undefined;
  /** The profile alias and model that really answered (a fallback may differ from what was asked). */
  readonly provider: string;
  readonly model: string;
  /** Micro-dollars from `model_prices`; absent without a price. */
  readonly costMicroUsd: number | undefined;
  readonly durationMs: number;
  /** Time to the first delta; absent when the answer had none. */
  readonly firstDeltaMs: number | undefined;
}

export type ModelStreamEvent =
  | { readonly kind: 'text_delta'; readonly text: string }
  | { readonly kind: 'thinking_delta'; readonly text: string }
  /** A call's name is known; its arguments are still arriving. */
  | { readonly kind: 'tool_call_start'; readonly id: string; readonly name: string }
  /** Another provider, key or model was tried before the first delta. */
  | { readonly kind: 'retry'; readonly attempt: number; readonly reason: string; readonly delayMs: number }
  | { readonly kind: 'fallback'; readonly provider: string; readonly model: string; readonly reason: string };

export interface ModelPort {
  /**
   * Runs one request to its end. Events reach `onEvent` in order before the promise settles. Retries, key rotation
   * and fallback happen inside, until the first delta; after it a failure rejects. A stream that ends without its
   * terminal event rejects. Rejects with `MC_LLM_*`: see `llm/errors.ts`; `MC_LLM_CONTEXT_OVERFLOW` when the input
   * does not fit; the signal's reason when aborted.
   */
  generate(
    request: ModelRequest,
    onEvent: (event: ModelStreamEvent) => void,
    signal: AbortSignal,
  ): Promise<ModelResponse>;
  /** The profile and model a request without overrides would use, for display. */
  describe(overrides?: { readonly providerAlias?: string; readonly model?: string }): ModelDescription;
  /** Configured profiles, for `/providers` and `/models`. */
  profiles(): readonly ModelProfileView[];
  /** State for `/status`, health and metrics. */
  health(): ModelHealth;
}

export interface ModelDescription {
  readonly provider: string;
  readonly model: string;
  /** True for the built-in interpreter that is not a language model. */
  readonly offline: boolean;
}

export interface ModelProfileView {
  readonly alias: string;
  readonly provider: string;
  readonly defaultModel: string;
  readonly models: readonly string[];
}

export interface ModelHealth {
  readonly totalFallbacks: number;
  readonly consecutiveFailures: number;
  readonly breakerOpen: boolean;
  readonly lastFailureEpochMs: number | null;
}
