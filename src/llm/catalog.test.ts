import { describe, expect, it } from 'vitest';
import { PROVIDER_IDS, providerPreset } from './catalog.ts';

describe('the provider catalog', () => {
  it('knows the 43 preset ids', () => {
    expect(PROVIDER_IDS).toHaveLength(43);
    expect(PROVIDER_IDS).toContain('aliyun-bailian');
    expect(PROVIDER_IDS).toContain('zhipu');
  });

  it('has a valid address and a model for each of them', () => {
    for (const id of PROVIDER_IDS) {
      const preset = providerPreset(id);
      expect(URL.canParse(preset.baseUrl), id).toBe(true);
      expect(preset.defaultModel, id).not.toBe('');
    }
  });

  it('speaks the Anthropic protocol only to Anthropic and Responses only to Codex', () => {
    const others = PROVIDER_IDS.filter((id) => providerPreset(id).protocol !== 'chat');
    expect(others).toEqual(['anthropic', 'openai-codex']);
  });

  it('asks for no key where the spec exempts the provider', () => {
    const keyless = PROVIDER_IDS.filter((id) => !providerPreset(id).keyRequired);
    expect(keyless).toEqual(['ollama', 'openai-codex', 'qwen-portal']);
  });

  it('treats an unknown id as OpenAI-compatible', () => {
    expect(providerPreset('my-gateway')).toMatchObject({ protocol: 'chat', defaultModel: 'gpt-5.2' });
    expect(providerPreset('constructor')).toMatchObject({ protocol: 'chat' });
  });
});
