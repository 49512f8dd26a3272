/**
 * Settings that are valid and still doubtful (http-api §9): what `GET /api/config/self_check` and `microclaw doctor`
 * say about a configuration. Reads nothing but the configuration.
 */
import type { SelfCheckWarning } from '../core/self-check.ts';
import { type Config, legacyWebToken } from './config.ts';
import { isLoopbackHost } from './loopback-host.ts';

interface ConfigRule extends Omit<SelfCheckWarning, 'message'> {
  applies(config: Config): boolean;
  message(config: Config): string;
}

const MIN_TOKEN_CHARS = 24;
const MEBIBYTE = 1_048_576;
const MAX_RUNS_PER_WINDOW = 200;
const MAX_RUNS_IN_FLIGHT = 10;
const SHORT_WINDOW = { seconds: 2, runs: 20 } as const;
const MIN_IDLE_SECS = 30;
const MAX_HOOK_INPUT_BYTES = 2 * MEBIBYTE;
const MAX_HOOK_OUTPUT_BYTES = MEBIBYTE;

const ACCESS_RULES: readonly ConfigRule[] = [
  {
    code: 'web_host_not_loopback',
    severity: 'medium',
    applies: ({ web_host }) => !isLoopbackHost(web_host),
    message: ({ web_host }) => `The server listens on ${web_host} and speaks plain HTTP.`,
    hint: 'Set web_host to 127.0.0.1 and put a proxy with TLS in front of it.',
  },
  {
    code: 'legacy_auth_token_configured',
    severity: 'medium',
    applies: (config) => legacyWebToken(config) !== undefined,
    message: () =>
      'One shared token has every right, never expires and cannot be told apart in the audit log.',
    hint: 'Create an API key with the scopes it needs and remove web_auth_token or channels.web.auth_token.',
  },
  {
    code: 'web_trust_xff_without_proxy',
    severity: 'medium',
    applies: (config) => trustsForwardedForWithoutProxy(config),
    message: ({ web_host }) =>
      `X-Forwarded-For is trusted while the server listens on ${web_host} and no proxy on another machine is named, ` +
      'or every machine is.',
    hint:
      'Name the proxies in channels.web.trusted_proxies, set web_host to 127.0.0.1, or set ' +
      'channels.web.trust_x_forwarded_for to false.',
  },
  {
    code: 'hooks_token_weak',
    severity: 'medium',
    applies: ({ channels: { web } }) => (web?.hooks_token?.length ?? MIN_TOKEN_CHARS) < MIN_TOKEN_CHARS,
    message: () => `The token of webhooks is shorter than ${MIN_TOKEN_CHARS} characters.`,
    hint: 'Set channels.web.hooks_token to a random text, such as the output of `openssl rand -hex 24`.',
  },
  {
    code: 'web_rate_limit_too_high',
    severity: 'medium',
    applies: (config) => config.web_max_requests_per_window > MAX_RUNS_PER_WINDOW,
    message: (config) => `A session may start ${config.web_max_requests_per_window} runs per window.`,
    hint: `Set web_max_requests_per_window to ${MAX_RUNS_PER_WINDOW} or less.`,
  },
  {
    code: 'web_inflight_limit_too_high',
    severity: 'medium',
    applies: (config) => config.web_max_inflight_per_session > MAX_RUNS_IN_FLIGHT,
    message: (config) => `A session may have ${config.web_max_inflight_per_session} runs at once.`,
    hint: `Set web_max_inflight_per_session to ${MAX_RUNS_IN_FLIGHT} or less.`,
  },
  {
    code: 'web_rate_window_too_small_for_limit',
    severity: 'medium',
    applies: (config) =>
      config.web_rate_window_seconds <= SHORT_WINDOW.seconds &&
      config.web_max_requests_per_window >= SHORT_WINDOW.runs,
    message: (config) =>
      `${config.web_max_requests_per_window} runs per ${config.web_rate_window_seconds} s limit nothing.`,
    hint: 'Raise web_rate_window_seconds or lower web_max_requests_per_window.',
  },
  {
    code: 'web_session_idle_ttl_too_low',
    severity: 'medium',
    applies: (config) => config.web_session_idle_ttl_seconds < MIN_IDLE_SECS,
    message: (config) => `Limits are forgotten after ${config.web_session_idle_ttl_seconds} idle seconds.`,
    hint: `Set web_session_idle_ttl_seconds to ${MIN_IDLE_SECS} or more.`,
  },
];

const TOOL_RULES: readonly ConfigRule[] = [
  {
    code: 'sandbox_disabled',
    severity: 'medium',
    applies: ({ sandbox }) => sandbox.mode === 'off',
    message: () => 'Commands run on the host with the rights of the user that runs microclaw.',
    hint: 'Set sandbox.mode to all, or give microclaw a user of its own.',
  },
  {
    code: 'sandbox_network_enabled',
    severity: 'high',
    applies: ({ sandbox }) => !sandbox.no_network,
    message: () => 'Commands in a sandbox reach the network, this machine included.',
    hint: 'Set sandbox.no_network to true.',
  },
  {
    code: 'high_risk_tool_auto_approved',
    severity: 'high',
    applies: (config) => !config.high_risk_tool_user_confirmation_required,
    message: () => 'High-risk tools run without a question, unless a command has a dangerous form.',
    hint: 'Set high_risk_tool_user_confirmation_required to true.',
  },
  {
    code: 'egress_policy_disabled',
    severity: 'medium',
    applies: ({ egress_policy }) => egress_policy.mode === 'off',
    message: () => 'Nothing limits which hosts tools may reach.',
    hint: 'Set egress_policy.mode to warn or block.',
  },
  {
    code: 'tool_capability_grants_disabled',
    severity: 'medium',
    applies: ({ tool_policy }) => tool_policy.grants_mode === 'off',
    message: () => 'Every chat may use every tool.',
    hint: 'Set tool_policy.grants_mode to warn or block and list tool_policy.grants.',
  },
  {
    code: 'taint_policy_off',
    severity: 'medium',
    applies: ({ taint_policy }) => taint_policy === 'off',
    message: () => 'A web page that a turn has read can have it write, run and send without a question.',
    hint: 'Set taint_policy to ask or block.',
  },
  {
    code: 'hooks_max_input_bytes_too_high',
    severity: 'medium',
    applies: ({ channels: { hooks } }) => hooks.enabled && hooks.max_input_bytes > MAX_HOOK_INPUT_BYTES,
    message: ({ channels: { hooks } }) => `Hooks are given inputs of up to ${hooks.max_input_bytes} bytes.`,
    hint: `Set channels.hooks.max_input_bytes to ${MAX_HOOK_INPUT_BYTES} or less.`,
  },
  {
    code: 'hooks_max_output_bytes_too_high',
    severity: 'medium',
    applies: ({ channels: { hooks } }) => hooks.enabled && hooks.max_output_bytes > MAX_HOOK_OUTPUT_BYTES,
    message: ({ channels: { hooks } }) => `Hooks may print up to ${hooks.max_output_bytes} bytes.`,
    hint: `Set channels.hooks.max_output_bytes to ${MAX_HOOK_OUTPUT_BYTES} or less.`,
  },
];

const WEB_FETCH_RULES: readonly ConfigRule[] = [
  {
    code: 'web_fetch_content_validation_disabled',
    severity: 'high',
    applies: (config) => !config.web_fetch_validation.enabled,
    message: () => 'Text of web pages reaches the model without a look for injected instructions.',
    hint: 'Set web_fetch_validation.enabled to true.',
  },
  {
    code: 'web_fetch_content_validation_non_strict',
    severity: 'medium',
    applies: ({ web_fetch_validation: checks }) => checks.enabled && !checks.strict_mode,
    message: () => 'Single matches of low confidence in web pages pass.',
    hint: 'Set web_fetch_validation.strict_mode to true.',
  },
  {
    code: 'web_fetch_url_validation_disabled',
    severity: 'high',
    applies: (config) => !config.web_fetch_url_validation.enabled,
    message: () => 'The lists of hosts and schemes of web_fetch are not applied.',
    hint: 'Set web_fetch_url_validation.enabled to true.',
  },
  {
    code: 'web_fetch_feed_fail_open',
    severity: 'medium',
    applies: ({ web_fetch_url_validation: { feed_sync } }) => feed_sync.enabled && feed_sync.fail_open,
    message: () => 'A denylist that was never read counts as empty.',
    hint: 'Set web_fetch_url_validation.feed_sync.fail_open to false.',
  },
];

const SESSION_RULES: readonly ConfigRule[] = [
  {
    code: 'compaction_threshold_not_effective',
    severity: 'medium',
    applies: (config) => config.max_session_messages <= config.compact_keep_recent,
    message: (config) =>
      `Compaction keeps ${config.compact_keep_recent} messages and begins at ${config.max_session_messages}.`,
    hint: 'Set max_session_messages above compact_keep_recent.',
  },
];

const RULES: readonly ConfigRule[] = [...ACCESS_RULES, ...TOOL_RULES, ...WEB_FETCH_RULES, ...SESSION_RULES];

/** What is doubtful about a valid configuration, in a fixed order. */
export function configWarnings(config: Config): readonly SelfCheckWarning[] {
  return RULES.filter((rule) => rule.applies(config)).map(({ code, severity, message, hint }) => ({
    code,
    severity,
    message: message(config),
    hint,
  }));
}

/** Nobody but a named proxy can set the header with effect, so what is doubtful is a list that cannot be meant. */
function trustsForwardedForWithoutProxy({ web_host, channels: { web } }: Config): boolean {
  if (web?.trust_x_forwarded_for !== true) return false;
  const proxies = web.trusted_proxies;
  if (proxies.some((proxy) => proxy.endsWith('/0'))) return true;
  return !isLoopbackHost(web_host) && proxies.every((proxy) => isLoopbackHost(proxy.split('/')[0] ?? ''));
}
