import { expect, it } from 'vitest';
import { configReference } from './config-reference.ts';

const settings = configReference().flatMap((section) => section.settings);
const setting = (key: string) => settings.find((candidate) => candidate.key === key);

it('lists every key once, blocks taken apart, in the sections of the reference page', () => {
  const keys = settings.map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys).toEqual(expect.arrayContaining(['model', 'sandbox.mode', 'channels.web.hooks_token']));
  expect(keys).not.toContain('sandbox');
  expect(settings.filter(({ description }) => description === '').map(({ key }) => key)).toEqual([]);
  expect(configReference()[0]).toMatchObject({ title: 'Language model' });
});

it('says what the blocks are about that were taken apart', () => {
  const blocks = configReference().flatMap((section) => section.blocks);
  expect(blocks.map(({ key }) => key)).toEqual(
    expect.arrayContaining(['sandbox', 'channels', 'channels.web']),
  );
  expect(blocks.filter(({ description }) => description === '')).toEqual([]);
});

it('takes entries of maps and lists apart, unless they may be anything', () => {
  expect(setting('provider_presets')?.entries).toMatchObject({
    container: 'map',
    fields: expect.arrayContaining([
      expect.objectContaining({ key: 'api_key', kind: 'secret', default: null }),
      expect.objectContaining({ key: 'models', kind: 'list' }),
    ]),
  });
  expect(setting('tool_policy.grants')?.entries).toMatchObject({ container: 'list' });
  expect(setting('tool_timeout_overrides')?.entries).toMatchObject({
    container: 'map',
    fields: [{ key: '', kind: 'number', max: 86_400 }],
  });
  expect(setting('openai_compat_body_overrides')?.entries).toBeNull();
  expect(setting('model')?.entries).toBeNull();
});

it.each([
  ['show_thinking', { kind: 'flag', default: false }],
  ['max_tokens', { kind: 'number', isInteger: true, min: 1, max: 10_000_000, default: 8192 }],
  ['web_max_inflight_per_session', { kind: 'number', min: 0, max: null, default: 10 }],
  ['channels.hooks.max_input_bytes', { kind: 'number', min: null, max: null, default: 131_072 }],
  ['model', { kind: 'text', default: null }],
  ['data_dir', { kind: 'text', defaultText: expect.stringContaining('~/.microclaw') }],
  ['taint_policy', { kind: 'choice', values: ['off', 'ask', 'block'], default: 'ask' }],
  ['working_dir_isolation', { kind: 'choice', values: ['chat', 'isolated', 'shared'], default: 'chat' }],
  ['sandbox.memory_limit', { kind: 'text' }],
  ['web_allowed_hosts', { kind: 'list', default: [] }],
  ['control_chat_ids', { kind: 'list' }],
  ['api_key', { kind: 'secret', default: null }],
  ['api_keys', { kind: 'secret_list', default: [] }],
  ['provider_presets', { kind: 'json', default: {}, schema: expect.objectContaining({ type: 'object' }) }],
  ['model_prices', { kind: 'json', default: [] }],
])('%s is edited as what it is', (key, expected) => {
  expect(setting(key)).toMatchObject(expected);
});
