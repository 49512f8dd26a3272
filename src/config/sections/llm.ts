/** Keys of the language model: which provider, with which keys, limits and prices. */
import { z } from 'zod';
import { lazy } from '../../core/lazy.ts';
import { lazyStrictObject } from '../../core/lazy-object.ts';
import { keyedObject } from '../keyed-object.ts';
import {
  block,
  choice,
  count,
  flag,
  optional,
  optionalCount,
  optionalSecret,
  optionalText,
  secretList,
  section,
  textList,
  withDefault,
} from '../schema-types.ts';

const profile = lazy(() =>
  keyedObject({
    provider: optionalText('Id of a known provider, or any name for another OpenAI-compatible one.'),
    api_key: optionalSecret(
      'Key of this profile. With one of its own, `api_keys` of the top level are not used.',
    ),
    api_keys: secretList('Further keys of this profile, used in turn.'),
    llm_base_url: optionalText('Address of the API.'),
    llm_user_agent: optionalText('`User-Agent` of requests.'),
    default_model: optionalText('Model used when nothing else is chosen.'),
    models: textList('Models that can be chosen; `default_model` is always one of them.'),
    show_thinking: optional(() => z.boolean(), {
      description: 'Overrides `show_thinking` of the top level.',
    }),
    protocol: optional(() => z.enum(['anthropic', 'chat', 'responses']), {
      description: 'Wire protocol, where it differs from the one the provider is known for.',
    }),
  }),
);

const bodyOverrides = () => z.record(z.string(), z.unknown());
const bodyOverridesByName = () => z.record(z.string(), bodyOverrides());
const price = () => z.number().min(0);
const priceRow = () =>
  lazyStrictObject(() => ({
    model: z
      .string()
      .trim()
      .min(1)
      .meta({ description: 'Model id without regard to case; `*` for all others.' }),
    input_per_million_usd: price().meta({ description: 'Dollars per million input tokens.' }),
    output_per_million_usd: price().meta({ description: 'Dollars per million output tokens.' }),
    cache_read_per_million_usd: price()
      .optional()
      .meta({ description: 'Dollars per million tokens read from cache.' }),
    cache_write_per_million_usd: price()
      .optional()
      .meta({ description: 'Dollars per million tokens written to cache.' }),
  }));

const providerName = () =>
  z
    .string()
    .trim()
    .toLowerCase()
    .transform((value) => (value === '' ? undefined : value));

/** An empty mapping, a new one each time. */
const none = () => ({});

const timeouts = {
  connect_secs: count('TCP and TLS handshake.', 10, { min: 1, max: 3600 }),
  first_byte_secs: count('From the request to the first byte of the answer.', 120, { min: 1, max: 86_400 }),
  idle_secs: count('Between two pieces of a streamed answer.', 60, { min: 1, max: 86_400 }),
  total_secs: optionalCount('One whole attempt; unset or 0 means no limit.', { max: 86_400 }),
};

/** Section of the model layer. */
export const llmSection = section(
  'Language model',
  'Without any of these keys the environment decides: `ANTHROPIC_API_KEY`, `OPENAI_API_KEY` or `OPENROUTER_API_KEY`, ' +
    'in this order; with none of them the built-in `offline` command interpreter answers.',
  {
    llm_provider: optional(providerName, {
      description:
        'Provider id (`anthropic`, `openai`, `ollama`, …), an alias of `provider_presets`, or `offline`.',
      defaultText: 'from the environment, else `offline`',
    }),
    api_key: optionalSecret('Key of the provider. Not needed for local servers.'),
    api_keys: secretList('Further keys; the next one is used when a key is refused or rate limited.'),
    model: optionalText('Model id. Unset or `*` means the default model of the provider.'),
    llm_base_url: optionalText(
      'Address of the API, where it differs from the address the provider is known for.',
    ),
    llm_user_agent: optionalText('`User-Agent` of requests.'),
    provider_presets: withDefault(() => z.record(z.string(), profile()), none, {
      description:
        'Named profiles. Fields that a profile leaves out come from the top level. `llm_providers` is the older name.',
    }),
    max_tokens: count('Longest answer of the model, in tokens.', 8192, { min: 1, max: 10_000_000 }),
    fallback_model: optionalText(
      'Asked when `model` fails: `model`, or `profile/model` for another profile.',
    ),
    aux_models: block('Models for work beside the conversation.', {
      compaction: optionalText('Writes the summaries of long sessions. Unset means the main model.'),
    }),
    show_thinking: flag('Shows the thinking of models that tell it.', false),
    anthropic_prompt_cache_enabled: flag(
      'Marks the stable part of a prompt for the cache of the provider.',
      true,
    ),
    anthropic_prompt_cache_ttl: choice('How long the provider keeps it.', ['5m', '1h'], '5m'),
    openai_compat_body_overrides: withDefault(bodyOverrides, none, {
      description: 'Merged into every request body of OpenAI-compatible providers; `null` removes a field.',
    }),
    openai_compat_body_overrides_by_provider: withDefault(bodyOverridesByName, none, {
      description: 'As above, per provider id.',
    }),
    openai_compat_body_overrides_by_model: withDefault(bodyOverridesByName, none, {
      description: 'As above, per model id.',
    }),
    model_prices: withDefault(
      () => z.array(priceRow()),
      () => [],
      { description: 'Prices for the cost of usage reports.' },
    ),
    llm_timeouts: block('Limits of one attempt to reach the model, in seconds.', timeouts),
    llm_max_retries: count('Retries of one model after its first failed attempt.', 3, { max: 20 }),
  },
);
