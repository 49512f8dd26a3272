import { describe, expect, it } from 'vitest';
import { type Config, configSchema } from './config.ts';
import { compareConfigs, isLiveKey, withLiveKeys } from './live-keys.ts';
import { secretLeaves } from './schema-walk.ts';

const parse = (settings: Readonly<Record<string, unknown>> = {}): Config => configSchema.parse(settings);

describe('keys that a running program follows', () => {
  it('name keys of the schema, and no credential', () => {
    const everything = {
      api_key: 'a',
      api_keys: ['b'],
      provider_presets: { p: { provider: 'openai', api_key: 'c', api_keys: ['d'] } },
      web_auth_token: 'e',
      web_search: { brave_api_key: 'f', tavily_api_key: 'g' },
      channels: { web: { auth_token: 'h', hooks_token: 'i' } },
    };
    const secrets = secretLeaves(configSchema, everything).map(({ path }) => path.join('.'));
    expect(secrets).toHaveLength(9);
    expect(secrets.filter(isLiveKey)).toEqual([]);
    for (const key of ['llm_provider', 'llm_base_url', 'data_dir', 'web_host', 'sandbox.mode']) {
      expect(isLiveKey(key), key).toBe(false);
    }
  });

  it('include what is below them, and not what only begins alike', () => {
    expect(isLiveKey('tool_timeout_overrides.bash')).toBe(true);
    expect(isLiveKey('web_fetch_url_validation.enabled')).toBe(true);
    expect(isLiveKey('web_fetch_url_validation.feed_sync.enabled')).toBe(false);
    expect(isLiveKey('model_prices_of_others')).toBe(false);
  });

  it('are taken over, the others stay as they run', () => {
    const running = parse({ web_port: 1, taint_policy: 'ask', tool_timeout_overrides: { bash: 5 } });
    const next = parse({
      web_port: 2,
      taint_policy: 'block',
      default_tool_timeout_secs: 9,
      web_fetch_url_validation: { denylist_hosts: ['x.example'], feed_sync: { enabled: true } },
    });
    const merged = withLiveKeys(running, next);
    expect(merged).toMatchObject({
      web_port: 1,
      taint_policy: 'block',
      default_tool_timeout_secs: 9,
      tool_timeout_overrides: {},
      web_fetch_url_validation: { denylist_hosts: ['x.example'], feed_sync: { enabled: false } },
    });
    expect(compareConfigs(running, next)).toEqual({
      applied: [
        'tool_timeout_overrides.bash',
        'taint_policy',
        'web_fetch_url_validation.denylist_hosts',
        'default_tool_timeout_secs',
      ],
      restartRequired: ['web_fetch_url_validation.feed_sync.enabled', 'web_port'],
    });
    expect(compareConfigs(merged, next).applied).toEqual([]);
    expect(withLiveKeys(next, running).default_tool_timeout_secs).toBeUndefined();
  });
});
