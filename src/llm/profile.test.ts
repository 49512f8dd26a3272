import { describe, expect, it } from 'vitest';
import { DEFAULT_LLM_OPTIONS, type LlmOptions } from './llm-options.ts';
import {
  fallbackTarget,
  hasProfile,
  isLocalEndpoint,
  listProfiles,
  requireUsable,
  resolveProfile,
} from './profile.ts';

function options(changes: Partial<LlmOptions> = {}): LlmOptions {
  return { ...DEFAULT_LLM_OPTIONS, provider: 'anthropic', apiKey: 'top', ...changes };
}

describe('the default profile', () => {
  it('takes address and model from the catalog', () => {
    expect(resolveProfile(options())).toMatchObject({
      alias: 'anthropic',
      baseUrl: 'https://api.anthropic.com',
      defaultModel: 'claude-sonnet-4-5-20250929',
      keys: ['top'],
    });
  });

  it.each(['', '*', ' * '])('treats the model "%s" as not chosen', (model) => {
    expect(resolveProfile(options({ model })).defaultModel).toBe('claude-sonnet-4-5-20250929');
  });

  it('is overlaid by a profile of the same alias', () => {
    const profile = resolveProfile(
      options({ model: 'top-model', profiles: { anthropic: { apiKey: 'own', models: ['b', 'a', 'b'] } } }),
    );
    expect(profile).toMatchObject({ keys: ['own'], models: ['a', 'b', 'top-model'] });
  });

  it('is what the reserved alias main means', () => {
    expect(resolveProfile(options(), 'main').alias).toBe('anthropic');
  });

  it('pools trimmed keys without duplicates', () => {
    expect(resolveProfile(options({ apiKeys: [' k2 ', 'top', '', 'k2'] })).keys).toEqual(['top', 'k2']);
  });

  it('is the interpreter when nothing is configured', () => {
    const profile = resolveProfile({ ...DEFAULT_LLM_OPTIONS, model: 'ignored' });
    expect(profile).toMatchObject({ alias: 'offline', defaultModel: 'offline', keys: [] });
  });
});

describe('a named profile', () => {
  it('defaults its provider to its alias, whatever the case', () => {
    const config = options({ profiles: { openrouter: { apiKey: 'r' } } });
    expect(resolveProfile(config, 'OpenRouter')).toMatchObject({
      providerId: 'openrouter',
      baseUrl: 'https://openrouter.ai/api/v1',
      defaultModel: 'openrouter/auto',
    });
  });

  it('inherits the pool of the same provider only without a key of its own', () => {
    const config = options({
      apiKeys: ['top2'],
      profiles: { fast: { provider: 'anthropic' }, own: { provider: 'anthropic', apiKey: 'mine' } },
    });
    expect(resolveProfile(config, 'fast').keys).toEqual(['top', 'top2']);
    expect(resolveProfile(config, 'own').keys).toEqual(['mine']);
  });

  it('does not carry the key of one provider to the address of another', () => {
    const config = options({ profiles: { openai: {} } });
    const profile = resolveProfile(config, 'openai');
    expect(profile).toMatchObject({ baseUrl: 'https://api.openai.com/v1', keys: [] });
    expect(() => requireUsable(profile)).toThrow(expect.objectContaining({ code: 'MC_LLM_NOT_CONFIGURED' }));
  });

  it('inherits key and address together from an explicit endpoint', () => {
    const config = options({
      provider: 'custom',
      baseUrl: 'https://gateway.example/v1',
      profiles: { openai: { defaultModel: 'x' } },
    });
    expect(resolveProfile(config, 'openai')).toMatchObject({
      baseUrl: 'https://gateway.example/v1',
      keys: ['top'],
    });
  });

  it('keeps a local provider local', () => {
    const config = options({
      provider: 'custom',
      baseUrl: 'https://gateway.example/v1',
      profiles: { ollama: {} },
    });
    expect(resolveProfile(config, 'ollama').baseUrl).toBe('http://127.0.0.1:11434/v1');
    expect(resolveProfile(config, 'ollama').keys).toEqual([]);
  });

  it('is refused when nobody configured it', () => {
    expect(hasProfile(options(), 'nope')).toBe(false);
    expect(() => resolveProfile(options(), 'nope')).toThrow(/no model profile "nope"/);
    expect(() => resolveProfile(options(), 'constructor')).toThrow(/no model profile/);
  });
});

describe('listProfiles', () => {
  it('puts the default first and sorts the others', () => {
    const config = options({ profiles: { zeta: {}, alpha: {}, anthropic: {} } });
    expect(listProfiles(config).map((profile) => profile.alias)).toEqual(['anthropic', 'alpha', 'zeta']);
  });
});

describe('requireUsable', () => {
  it.each(['sk-“abc”', 'sk a', 'sk\nb'])(
    'refuses the key %j, which no header can carry, without repeating it',
    (apiKey) => {
      const refusal = expect.objectContaining({
        code: 'MC_LLM_NOT_CONFIGURED',
        message: expect.not.stringContaining(apiKey),
      });
      expect(() => requireUsable(resolveProfile(options({ apiKey })))).toThrow(refusal);
    },
  );

  it('refuses an address that is none of HTTP', () => {
    const profile = resolveProfile(options({ baseUrl: 'ftp://gateway.example/v1' }));
    expect(() => requireUsable(profile)).toThrow(/no usable base URL/);
  });

  it.each(['azure', 'bedrock', 'cloudflare-ai-gateway'])(
    'refuses the placeholder address of %s',
    (provider) => {
      expect(() => requireUsable(resolveProfile(options({ provider })))).toThrow(/no usable base URL/);
    },
  );

  it('accepts a local endpoint without a key', () => {
    const profile = resolveProfile(
      options({ provider: 'custom', apiKey: '', baseUrl: 'http://localhost:8080/v1' }),
    );
    expect(() => requireUsable(profile)).not.toThrow();
  });
});

describe('isLocalEndpoint', () => {
  it.each([
    ['http://127.0.0.1:8080/v1', true],
    ['http://[::1]:8080', true],
    ['http://192.168.1.20:8000/v1', true],
    ['http://172.20.0.2', true],
    ['http://llm.internal/v1', true],
    ['http://172.32.0.2', false],
    ['https://api.openai.com/v1', false],
    ['https://localhost.evil.example', false],
    ['not a url', false],
  ])('%s → %s', (url, expected) => {
    expect(isLocalEndpoint(url)).toBe(expected);
  });
});

describe('fallbackTarget', () => {
  const config = (fallbackModel: string) =>
    options({ fallbackModel, profiles: { local: { provider: 'ollama' } } });
  const current = (config: LlmOptions) => ({ profile: resolveProfile(config), model: 'primary' });

  it('names another model of the same profile', () => {
    const target = fallbackTarget(config('claude-haiku'), current(config('claude-haiku')));
    expect(target).toMatchObject({ profile: { alias: 'anthropic' }, model: 'claude-haiku' });
  });

  it('names a model of another profile when the first part is one', () => {
    const target = fallbackTarget(config('local/qwen3/8b'), current(config('local/qwen3/8b')));
    expect(target).toMatchObject({ profile: { alias: 'local' }, model: 'qwen3/8b' });
  });

  it('keeps the slashes of a model id that names no profile', () => {
    const target = fallbackTarget(config('meta/llama'), current(config('meta/llama')));
    expect(target).toMatchObject({ profile: { alias: 'anthropic' }, model: 'meta/llama' });
  });

  it('is absent when it is not set or means the same', () => {
    expect(fallbackTarget(config('  '), current(config('  ')))).toBeUndefined();
    expect(fallbackTarget(config('primary'), current(config('primary')))).toBeUndefined();
    expect(fallbackTarget(config('anthropic/primary'), current(config('anthropic/primary')))).toBeUndefined();
  });
});
