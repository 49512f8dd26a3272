import { describe, expect, it } from 'vitest';
import { configSchema } from './config.ts';
import { hasMaskedPart, redactConfig } from './config-redaction.ts';

describe('the configuration without its credentials', () => {
  it.each([
    ['http://u:p@ss@h/v1', 'http://***@h/v1'],
    ['https://token@h', 'https://***@h'],
    ['https://h/feed?key=abc&lang=en', 'https://h/feed?key=***&lang=en'],
    ['https://h/?access_token=abc#top', 'https://h/?access_token=***#top'],
    ['https://h/?monkey=1', 'https://h/?monkey=1'],
    ['https://h/a@b', 'https://h/a@b'],
    ['say key=value', 'say key=value'],
  ])('shows the address %j as %j', (text, shown) => {
    expect(redactConfig({ llm_base_url: text })).toEqual({ llm_base_url: shown });
  });

  it('masks what is named like a credential where names are free, of whatever type', () => {
    const openai_compat_body_overrides = {
      api_key: 12345,
      auth: { token: { value: 'hidden' }, authorization: ['hidden'] },
      extra_headers: { 'x-team': 'hidden' },
      completion_tokens: 7,
      temperature: 1,
    };
    expect(redactConfig({ openai_compat_body_overrides })).toEqual({
      openai_compat_body_overrides: {
        api_key: '***',
        auth: { token: { value: '***' }, authorization: ['***'] },
        extra_headers: { 'x-team': '***' },
        completion_tokens: 7,
        temperature: 1,
      },
    });
  });

  it('shows a profile whose name is that of a credential, and every default', () => {
    const config = configSchema.parse({ provider_presets: { my_key: { provider: 'ollama', api_key: 'x' } } });
    expect(redactConfig(config)).toMatchObject({
      provider_presets: { my_key: { provider: 'ollama', api_key: '***' } },
    });
    expect(JSON.stringify(redactConfig(configSchema.parse({})))).not.toContain('***');
  });

  it('tells a masked address from a text with stars', () => {
    expect(['http://***@h', 'https://h/?key=***'].map(hasMaskedPart)).toEqual([true, true]);
    expect(['so ***important***', 'https://h/***'].map(hasMaskedPart)).toEqual([false, false]);
  });
});
