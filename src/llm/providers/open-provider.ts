/** Chooses the adapter for a profile's protocol and loads it on first use. */
import type { Clock } from '../../core/clock.ts';
import type { IdSource } from '../../core/ids.ts';
import type { LlmOptions } from '../llm-options.ts';
import type { LlmProfile } from '../profile.ts';
import type { Provider } from '../provider.ts';
import { effectiveBodyOverrides } from '../translation/body-overrides.ts';

export interface ProviderSeat {
  readonly profile: LlmProfile;
  readonly apiKey: string | undefined;
  readonly options: LlmOptions;
  readonly userAgent: string;
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  readonly ids: IdSource;
}

/** A provider bound to the profile's endpoint and one key. */
export async function openProvider(seat: ProviderSeat): Promise<Provider> {
  const { options, profile } = seat;
  const shared = {
    profile,
    apiKey: seat.apiKey,
    userAgent: profile.userAgent ?? seat.userAgent,
    fetch: seat.fetch,
    timeouts: options.timeouts,
    clock: seat.clock,
    ids: seat.ids,
  };
  const overridesFor = (model: string) => effectiveBodyOverrides(options, profile.providerId, model);
  const { protocol } = profile;
  switch (protocol) {
    case 'anthropic': {
      const { createAnthropicProvider } = await import('./anthropic/anthropic-provider.ts');
      const cache = { enabled: options.anthropicPromptCacheEnabled, ttl: options.anthropicPromptCacheTtl };
      return createAnthropicProvider({ ...shared, cache });
    }
    case 'responses': {
      const { createOpenAiResponsesProvider } = await import(
        './openai-responses/openai-responses-provider.ts'
      );
      return createOpenAiResponsesProvider({ ...shared, overridesFor });
    }
    case 'chat': {
      const { createOpenAiChatProvider } = await import('./openai-chat/openai-chat-provider.ts');
      return createOpenAiChatProvider({ ...shared, overridesFor });
    }
    default:
      throw new TypeError(`Unknown protocol ${protocol satisfies never}.`);
  }
}
