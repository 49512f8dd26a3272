/** Maps configuration keys onto the options of the model layer. */
import type { Config } from '../config/config.ts';
import { detectProvider } from '../llm/detect-provider.ts';
import { DEFAULT_LLM_OPTIONS, type LlmOptions, type LlmProfileOptions } from '../llm/llm-options.ts';
import type { ModelPrice } from '../llm/usage-cost.ts';

const SECOND_MS = 1000;

type ProfileConfig = Config['provider_presets'][string];
type PriceConfig = Config['model_prices'][number];

/** `env` decides when the configuration names neither provider nor key. */
export function modelOptions(config: Config, env: Readonly<Record<string, string | undefined>>): LlmOptions {
  const detected = detectProvider(env, {
    provider: config.llm_provider,
    apiKey: config.api_key,
    baseUrl: config.llm_base_url,
  });
  return {
    ...DEFAULT_LLM_OPTIONS,
    provider: detected.provider,
    apiKey: detected.apiKey,
    apiKeys: config.api_keys,
    model: config.model ?? '',
    ...present('baseUrl', config.llm_base_url),
    ...present('userAgent', config.llm_user_agent),
    profiles: profilesOf(config),
    maxTokens: config.max_tokens,
    ...present('fallbackModel', config.fallback_model),
    showThinking: config.show_thinking,
    anthropicPromptCacheEnabled: config.anthropic_prompt_cache_enabled,
    anthropicPromptCacheTtl: config.anthropic_prompt_cache_ttl,
    bodyOverrides: config.openai_compat_body_overrides,
    bodyOverridesByProvider: config.openai_compat_body_overrides_by_provider,
    bodyOverridesByModel: config.openai_compat_body_overrides_by_model,
    prices: config.model_prices.map(toPrice),
    timeouts: {
      connectMs: config.llm_timeouts.connect_secs * SECOND_MS,
      firstByteMs: config.llm_timeouts.first_byte_secs * SECOND_MS,
      idleMs: config.llm_timeouts.idle_secs * SECOND_MS,
      ...(config.llm_timeouts.total_secs === undefined
        ? {}
        : { totalMs: config.llm_timeouts.total_secs * SECOND_MS }),
    },
    retry: { ...DEFAULT_LLM_OPTIONS.retry, maxRetries: config.llm_max_retries },
  };
}

function profilesOf(config: Config): Readonly<Record<string, LlmProfileOptions>> {
  const rows = Object.entries(config.provider_presets);
  return Object.fromEntries(rows.map(([alias, profile]) => [alias.trim().toLowerCase(), toProfile(profile)]));
}

function toProfile(profile: ProfileConfig): LlmProfileOptions {
  return {
    ...present('provider', profile.provider),
    ...present('apiKey', profile.api_key),
    ...(profile.api_keys.length === 0 ? {} : { apiKeys: profile.api_keys }),
    ...present('baseUrl', profile.llm_base_url),
    ...present('userAgent', profile.llm_user_agent),
    ...present('defaultModel', profile.default_model),
    ...(profile.models.length === 0 ? {} : { models: profile.models }),
    ...present('showThinking', profile.show_thinking),
    ...present('protocol', profile.protocol),
  };
}

function toPrice(row: PriceConfig): ModelPrice {
  return {
    model: row.model,
    inputPerMillionUsd: row.input_per_million_usd,
    outputPerMillionUsd: row.output_per_million_usd,
    ...present('cacheReadPerMillionUsd', row.cache_read_per_million_usd),
    ...present('cacheWritePerMillionUsd', row.cache_write_per_million_usd),
  };
}

/** `{ [key]: value }`, or nothing when the value is absent. */
function present<Key extends string, Value>(
  key: Key,
  value: Value | undefined,
): { readonly [K in Key]?: Value } {
  if (value === undefined) return {};
  // A computed key widens to an index signature; the object has exactly this one key.
  return { [key]: value } as { readonly [K in Key]?: Value };
}
