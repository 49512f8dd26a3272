/** Opens the official Anthropic client for an endpoint. Loaded on the first call: it costs time and memory. */
import type { ApiClient } from '../transport/adaptive-endpoint.ts';
import type { ClientOptions } from './openai-client.ts';

/** The largest delay a timer can hold: the limits of an attempt are kept by `AttemptDeadline`. */
const NO_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * The revision of the API that the translation is written against and that compatible servers know. The client would
 * send its own newer one, whose shapes differ.
 */
const API_VERSION = '2023-06-01';

/** The client appends `/v1/messages`; a base that already has it, or ends in `/v1`, means the same endpoint. */
export function anthropicBaseUrl(configured: string): string {
  return configured
    .replace(/\/+$/, '')
    .replace(/\/v1\/messages$/, '')
    .replace(/\/v1$/, '');
}

/**
 * The client reads `ANTHROPIC_*` variables and credential files for whatever it is not told; everything is told here.
 * Only `ANTHROPIC_CUSTOM_HEADERS` stays in effect.
 */
export async function openAnthropicClient(options: ClientOptions): Promise<ApiClient> {
  const { Anthropic } = await import('@anthropic-ai/sdk/client');
  const { profile, apiKey } = options;
  return new Anthropic({
    baseURL: anthropicBaseUrl(profile.baseUrl),
    apiKey: apiKey ?? 'none',
    authToken: null,
    webhookKey: null,
    maxRetries: 0,
    timeout: NO_TIMEOUT_MS,
    logLevel: 'off',
    openTelemetry: false,
    fetch: options.fetch,
    defaultHeaders: {
      'anthropic-version': API_VERSION,
      ...(profile.userAgent === undefined ? {} : { 'User-Agent': profile.userAgent }),
      // An endpoint without accounts gets no header at all.
      ...(apiKey === undefined ? { 'x-api-key': null } : {}),
    },
  });
}
