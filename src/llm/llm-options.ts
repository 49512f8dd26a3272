/**
 * What the model layer needs to know, in one plain value. The composition root fills it from the configuration; the
 * names follow the configuration keys.
 */
import type { ModelPrice } from './usage-cost.ts';

/** One row of `provider_presets`. A field that is absent is inherited from the top level (see `profile.ts`). */
export interface LlmProfileOptions {
  readonly provider?: string;
  readonly apiKey?: string;
  readonly apiKeys?: readonly string[];
  readonly baseUrl?: string;
  readonly userAgent?: string;
  readonly defaultModel?: string;
  readonly models?: readonly string[];
  readonly showThinking?: boolean;
  /** Overrides the wire protocol of the catalog, e.g. `responses` for an OpenAI-compatible gateway. */
  readonly protocol?: WireProtocol;
}

export type WireProtocol = 'anthropic' | 'chat' | 'responses';

/** JSON merged into a request body; `null` removes the key. */
export type BodyOverrides = Readonly<Record<string, unknown>>;

/** Limits of one attempt, in milliseconds. */
export interface LlmTimeouts {
  /** TCP and TLS handshake. */
  readonly connectMs: number;
  /** From a connected socket to the first byte of the answer's body. */
  readonly firstByteMs: number;
  /** Between two chunks of the body. */
  readonly idleMs: number;
  /** Whole attempt; absent means unlimited. */
  readonly totalMs?: number;
}

interface LlmRetryOptions {
  /** Retries after the first attempt, per model of the chain. */
  readonly maxRetries: number;
  /** A `Retry-After` beyond this is not waited for: the chain goes on or the call fails. */
  readonly maxDelayMs: number;
}

export interface LlmBreakerOptions {
  /** Consecutive failed attempts that open the breaker. */
  readonly failureThreshold: number;
  /** Time it stays open before one probe is let through. */
  readonly openMs: number;
}

export interface LlmOptions {
  /** Alias of the default profile: a catalog id, a key of `profiles`, or `offline`. */
  readonly provider: string;
  readonly apiKey: string;
  readonly apiKeys: readonly string[];
  /** Empty or `*` means the profile's default. */
  readonly model: string;
  readonly baseUrl?: string;
  readonly userAgent?: string;
  /** `provider_presets` by lower-case alias. */
  readonly profiles: Readonly<Record<string, LlmProfileOptions>>;
  readonly maxTokens: number;
  /** `model` (same profile) or `profile/model` when the part before the first slash is a configured profile. */
  readonly fallbackModel?: string;
  readonly showThinking: boolean;
  readonly anthropicPromptCacheEnabled: boolean;
  readonly anthropicPromptCacheTtl: '5m' | '1h';
  readonly bodyOverrides: BodyOverrides;
  readonly bodyOverridesByProvider: Readonly<Record<string, BodyOverrides>>;
  readonly bodyOverridesByModel: Readonly<Record<string, BodyOverrides>>;
  readonly prices: readonly ModelPrice[];
  readonly timeouts: LlmTimeouts;
  readonly retry: LlmRetryOptions;
  readonly breaker: LlmBreakerOptions;
}

/** The defaults of the configuration keys, with the built-in interpreter as provider. */
export const DEFAULT_LLM_OPTIONS: LlmOptions = {
  provider: 'offline',
  apiKey: '',
  apiKeys: [],
  model: '',
  profiles: {},
  maxTokens: 8192,
  showThinking: false,
  anthropicPromptCacheEnabled: true,
  anthropicPromptCacheTtl: '5m',
  bodyOverrides: {},
  bodyOverridesByProvider: {},
  bodyOverridesByModel: {},
  prices: [],
  timeouts: { connectMs: 10_000, firstByteMs: 120_000, idleMs: 60_000 },
  retry: { maxRetries: 3, maxDelayMs: 60_000 },
  breaker: { failureThreshold: 4, openMs: 30_000 },
};
