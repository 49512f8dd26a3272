/**
 * Which keys a running program follows, and which wait for a restart (config-cli §1.7).
 *
 * Live are limits, policies, prices and the choice of the model: what is read anew for every call. Everything that
 * opens something (addresses, files, channels, the sandbox) or that is a credential waits, so that no request ever
 * carries half of two configurations. A key that is not listed waits.
 */
import { isRecord } from '../core/json.ts';
import type { Config } from './config.ts';
import { changedKeys } from './edit-yaml.ts';

const LIVE_KEYS: ReadonlySet<string> = new Set([
  ...['model', 'max_tokens', 'fallback_model', 'aux_models', 'show_thinking', 'model_prices'],
  ...['max_history_messages', 'max_session_messages', 'compact_keep_recent', 'compaction_timeout_secs'],
  ...['model_context_window', 'context_pressure_compact_pct', 'max_tool_iterations', 'turn_timeout_secs'],
  ...['chat_turn_queue_max_pending', 'enable_mid_turn_injection'],
  ...['default_tool_timeout_secs', 'tool_timeout_overrides', 'parallel_tool_max_concurrency'],
  ...['tool_concurrency_overrides', 'tool_repeat_window', 'tool_repeat_limit'],
  ...['tool_result_truncation_threshold_chars', 'tool_result_truncation_head_chars'],
  ...['tool_result_truncation_tail_chars', 'tool_result_artifact_ttl_hours'],
  ...['tool_policy', 'egress_policy', 'high_risk_tool_user_confirmation_required', 'taint_policy'],
  ...['output_guardrail', 'approval_timeout_secs', 'bash_dangerous_patterns'],
  ...['web_fetch_url_validation.enabled', 'web_fetch_url_validation.allowed_schemes'],
  ...['web_fetch_url_validation.allowlist_hosts', 'web_fetch_url_validation.denylist_hosts'],
  ...['web_fetch_url_validation.block_private_ips', 'web_fetch_validation'],
  ...['web_max_inflight_per_session', 'web_max_requests_per_window', 'web_rate_window_seconds'],
  ...['web_session_idle_ttl_seconds', 'user_message_language'],
]);

/** Whether a change of the dotted key is in force at once. */
export function isLiveKey(key: string): boolean {
  const steps = key.split('.');
  return steps.some((_step, index) => LIVE_KEYS.has(steps.slice(0, index + 1).join('.')));
}

/** Dotted keys that differ, by when they are in force. */
export interface ConfigChange {
  readonly applied: readonly string[];
  readonly restartRequired: readonly string[];
}

export function compareConfigs(running: Config, next: Config): ConfigChange {
  const changed = changedKeys(running, next);
  return {
    applied: changed.filter(isLiveKey),
    restartRequired: changed.filter((key) => !isLiveKey(key)),
  };
}

/** The running configuration with the live keys of `next`. */
export function withLiveKeys(running: Config, next: Config): Config {
  // The shape stays that of a configuration: every value is taken whole from one of two valid ones.
  return merge(running, next, '') as Config;
}

function merge(running: unknown, next: unknown, path: string): unknown {
  if (path !== '' && isLiveKey(path)) return next;
  if (!isRecord(running) || !isRecord(next)) return running;
  const keys = [...new Set([...Object.keys(running), ...Object.keys(next)])];
  const entries = keys.map((key) => {
    const inner = path === '' ? key : `${path}.${key}`;
    return [key, merge(running[key], next[key], inner)] as const;
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}
