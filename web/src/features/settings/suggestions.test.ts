import { expect, it } from 'vitest';
import { suggestionsOf } from './suggestions.ts';

const PROVIDERS = [
  { id: 'anthropic', default_model: 'claude' },
  { id: 'openai', default_model: 'gpt' },
];

it('suggests profiles and known providers, the model of the chosen one, and the identity files', () => {
  const suggestions = suggestionsOf(PROVIDERS, {
    ok: true,
    path: '/c.yaml',
    etag: '"1"',
    config: { llm_provider: 'openai', provider_presets: { home: {} } },
    written_keys: [],
    problems: [],
    soul_files: ['calm.md'],
    requires_restart: false,
  });
  expect(suggestions.get('llm_provider')).toEqual(['home', 'offline', 'anthropic', 'openai']);
  expect(suggestions.get('model')).toEqual(['gpt']);
  expect(suggestions.get('soul_path')).toEqual(['calm.md']);
});
