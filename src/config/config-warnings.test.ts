import { expect, test } from 'vitest';
import { type Config, configSchema } from './config.ts';
import { configWarnings } from './config-warnings.ts';

/** Codes of a configuration in which everything else is as it should be. */
function codes(settings: Readonly<Record<string, unknown>>): readonly string[] {
  const safe = {
    sandbox: { mode: 'all' },
    egress_policy: { mode: 'block' },
    tool_policy: { grants_mode: 'block' },
  };
  return configWarnings(configOf({ ...safe, ...settings })).map(({ code }) => code);
}

function configOf(settings: Readonly<Record<string, unknown>>): Config {
  return configSchema.parse(settings);
}

test('a careful configuration has no warning', () => {
  expect(codes({})).toEqual([]);
});

test('the defaults name the protections that are off', () => {
  expect(configWarnings(configOf({})).map(({ code, severity }) => `${severity} ${code}`)).toEqual([
    'medium sandbox_disabled',
    'medium egress_policy_disabled',
    'medium tool_capability_grants_disabled',
  ]);
});

test.each([
  ['web_host_not_loopback', { web_host: '0.0.0.0' }],
  ['legacy_auth_token_configured', { web_auth_token: 'a-long-shared-token' }],
  ['legacy_auth_token_configured', { channels: { web: { auth_token: 'a-long-shared-token' } } }],
  [
    'web_trust_xff_without_proxy',
    { channels: { web: { trust_x_forwarded_for: true, trusted_proxies: ['0.0.0.0/0'] } } },
  ],
  ['hooks_token_weak', { channels: { web: { hooks_token: 'x'.repeat(23) } } }],
  ['high_risk_tool_auto_approved', { high_risk_tool_user_confirmation_required: false }],
  ['web_rate_limit_too_high', { web_max_requests_per_window: 201 }],
  ['web_inflight_limit_too_high', { web_max_inflight_per_session: 11 }],
  ['web_rate_window_too_small_for_limit', { web_rate_window_seconds: 2, web_max_requests_per_window: 20 }],
  ['web_session_idle_ttl_too_low', { web_session_idle_ttl_seconds: 29 }],
  ['sandbox_network_enabled', { sandbox: { mode: 'all', no_network: false } }],
  ['hooks_max_input_bytes_too_high', { channels: { hooks: { max_input_bytes: 2_097_153 } } }],
  ['hooks_max_output_bytes_too_high', { channels: { hooks: { max_output_bytes: 1_048_577 } } }],
  ['web_fetch_content_validation_disabled', { web_fetch_validation: { enabled: false } }],
  ['web_fetch_content_validation_non_strict', { web_fetch_validation: { strict_mode: false } }],
  ['web_fetch_url_validation_disabled', { web_fetch_url_validation: { enabled: false } }],
  [
    'web_fetch_feed_fail_open',
    { web_fetch_url_validation: { feed_sync: { enabled: true, fail_open: true } } },
  ],
  ['compaction_threshold_not_effective', { max_session_messages: 20, compact_keep_recent: 20 }],
])('%s', (code, settings) => {
  expect(codes(settings)).toEqual([code]);
});

test.each([
  ['an address of this machine', { web_host: '127.0.0.2' }],
  ['a long token of webhooks', { channels: { web: { hooks_token: 'x'.repeat(24) } } }],
  ['a proxy on this machine', { channels: { web: { trust_x_forwarded_for: true } } }],
  ['exactly the limits', { web_max_requests_per_window: 200, web_max_inflight_per_session: 10 }],
  [
    'large inputs of hooks that are off',
    { channels: { hooks: { enabled: false, max_input_bytes: 4_194_304 } } },
  ],
])('%s is no reason for a warning', (_what, settings) => {
  expect(codes(settings)).toEqual([]);
});

test('no warning shows the token it is about', () => {
  const [warning] = configWarnings(configOf({ web_auth_token: 'a-long-shared-token' }));
  expect(JSON.stringify(warning)).not.toContain('a-long-shared-token');
});

test('trusting X-Forwarded-For on an open address needs a proxy that is named', () => {
  const web = { trust_x_forwarded_for: true };
  const code = 'web_trust_xff_without_proxy';
  expect(codes({ web_host: '0.0.0.0', channels: { web } })).toContain(code);
  const named = { ...web, trusted_proxies: ['10.0.0.7'] };
  expect(codes({ web_host: '0.0.0.0', channels: { web: named } })).not.toContain(code);
});
