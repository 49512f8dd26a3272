/** Chooses the provider when the configuration leaves it open (DESIGN: an empty installation still answers). */
import { OFFLINE_PROVIDER } from './profile.ts';

/** In order of preference. */
const ENVIRONMENT_KEYS = [
  { variable: 'ANTHROPIC_API_KEY', provider: 'anthropic' },
  { variable: 'OPENAI_API_KEY', provider: 'openai' },
  { variable: 'OPENROUTER_API_KEY', provider: 'openrouter' },
] as const;

export interface DetectedProvider {
  readonly provider: string;
  readonly apiKey: string;
  /** Environment variable the key came from, when it did. */
  readonly keyVariable?: string;
}

function keyFromEnvironment(env: Readonly<Record<string, string | undefined>>, provider?: string) {
  for (const row of ENVIRONMENT_KEYS) {
    const value = env[row.variable]?.trim() ?? '';
    if (value !== '' && (provider === undefined || provider === row.provider)) {
      return { provider: row.provider, apiKey: value, keyVariable: row.variable };
    }
  }
  return undefined;
}

/**
 * A configured provider stands; without a configured key it takes the one of its own environment variable. A key
 * without a provider is Anthropic's; an address alone is an OpenAI-compatible server without accounts. With none of
 * these the first of `ANTHROPIC_API_KEY`, `OPENAI_API_KEY` and `OPENROUTER_API_KEY` decides, and without any the
 * built-in interpreter `offline` answers.
 */
export function detectProvider(
  env: Readonly<Record<string, string | undefined>>,
  configured: {
    readonly provider?: string | undefined;
    readonly apiKey?: string | undefined;
    readonly baseUrl?: string | undefined;
  },
): DetectedProvider {
  const provider = configured.provider?.trim().toLowerCase() ?? '';
  const apiKey = configured.apiKey?.trim() ?? '';
  if (provider !== '') {
    if (apiKey !== '') return { provider, apiKey };
    return keyFromEnvironment(env, provider) ?? { provider, apiKey };
  }
  if (apiKey !== '') return { provider: 'anthropic', apiKey };
  if ((configured.baseUrl?.trim() ?? '') !== '') return { provider: 'custom', apiKey };
  return keyFromEnvironment(env) ?? { provider: OFFLINE_PROVIDER, apiKey };
}
