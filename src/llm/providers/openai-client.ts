/** Opens the official OpenAI client for an endpoint. Loaded on the first call: it costs time and memory. */
import type { LlmProfile } from '../profile.ts';
import type { ApiClient } from '../transport/adaptive-endpoint.ts';

export interface ClientOptions {
  readonly profile: LlmProfile;
  readonly apiKey: string | undefined;
  readonly userAgent: string;
  readonly fetch: typeof globalThis.fetch;
  /** Further headers, e.g. an account id. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The largest delay a timer can hold: the limits of an attempt are kept by `AttemptDeadline`. */
const NO_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * The client reads `OPENAI_*` variables for whatever it is not told; everything is told here, so that a variable meant
 * for something else cannot redirect requests or change the account. Only `OPENAI_CUSTOM_HEADERS` stays in effect.
 */
export async function openOpenAiClient(options: ClientOptions): Promise<ApiClient> {
  const { OpenAI } = await import('openai/client');
  const { profile, apiKey } = options;
  const keyHeader = profile.preset.keyHeader;
  const client = new OpenAI({
    baseURL: profile.baseUrl.replace(/\/+$/, ''),
    apiKey: apiKey ?? 'none',
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    maxRetries: 0,
    timeout: NO_TIMEOUT_MS,
    logLevel: 'off',
    fetch: options.fetch,
    defaultHeaders: {
      'User-Agent': options.userAgent,
      ...options.headers,
      // An endpoint without accounts gets no header at all.
      ...(apiKey === undefined ? { Authorization: null } : {}),
      ...(apiKey !== undefined && keyHeader !== undefined ? { [keyHeader]: apiKey } : {}),
    },
  });
  return client;
}
