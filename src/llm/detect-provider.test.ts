import { expect, it } from 'vitest';
import { detectProvider } from './detect-provider.ts';

const ALL_KEYS = { OPENROUTER_API_KEY: 'r', OPENAI_API_KEY: 'o', ANTHROPIC_API_KEY: 'a' };

it('answers offline with nothing configured', () => {
  expect(detectProvider({}, {})).toEqual({ provider: 'offline', apiKey: '' });
});

it('prefers Anthropic, then OpenAI, then OpenRouter from the environment', () => {
  expect(detectProvider(ALL_KEYS, {})).toMatchObject({ provider: 'anthropic', apiKey: 'a' });
  expect(detectProvider({ ...ALL_KEYS, ANTHROPIC_API_KEY: '  ' }, {})).toMatchObject({ provider: 'openai' });
  expect(detectProvider({ OPENROUTER_API_KEY: 'r' }, {})).toEqual({
    provider: 'openrouter',
    apiKey: 'r',
    keyVariable: 'OPENROUTER_API_KEY',
  });
});

it('lets a configured provider stand and takes only its own variable', () => {
  expect(detectProvider(ALL_KEYS, { provider: ' OpenAI ' })).toMatchObject({
    provider: 'openai',
    apiKey: 'o',
  });
  expect(detectProvider(ALL_KEYS, { provider: 'groq' })).toEqual({ provider: 'groq', apiKey: '' });
  expect(detectProvider(ALL_KEYS, { provider: 'openai', apiKey: 'mine' })).toEqual({
    provider: 'openai',
    apiKey: 'mine',
  });
});

it('reads a key without a provider as Anthropic’s', () => {
  expect(detectProvider(ALL_KEYS, { apiKey: 'k' })).toEqual({ provider: 'anthropic', apiKey: 'k' });
});

it('reads an address alone as an OpenAI-compatible server, and sends it no key from the environment', () => {
  expect(detectProvider(ALL_KEYS, { baseUrl: 'http://127.0.0.1:8080/v1' })).toEqual({
    provider: 'custom',
    apiKey: '',
  });
});
