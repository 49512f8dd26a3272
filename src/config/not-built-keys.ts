/**
 * Keys that configuration files of the reference may have and that this version does not act on yet. They are named,
 * so that such a file loads and its owner learns what has no effect. A key that switches on a protection does not
 * belong here: running without the protection would be worse than not running.
 */
import type { ConfigPath } from './config-problem.ts';

/** Dotted; `*` stands for one level. A key covers everything below it. */
const NOT_BUILT = `
  alerts a2a allow_group_slash_without_mention allowed_groups checkpoints_enabled
  aux_models.approval_reviewer aux_models.reflector aux_models.title aux_models.vision
  channels.web.host
  channels.web.metrics_flush_interval_seconds channels.web.metrics_history_retention_days channels.web.model
  channels.web.port channels.web.provider_preset channels.web.soul_path
  channels.dingtalk channels.discord channels.email channels.feishu channels.imessage channels.irc
  channels.matrix channels.nostr channels.qq channels.signal channels.slack channels.telegram channels.weixin
  channels.whatsapp
  clawhub_agent_tools_enabled clawhub_registry clawhub_skip_security_warnings clawhub_token clawhub_verify_on_load
  default_mcp_request_timeout_secs discord_allowed_channels discord_bot_token discord_no_mention
  dlq_max_replay_attempts dlq_replay_enabled dlq_replay_interval_secs
  embedding_api_key embedding_base_url embedding_dim embedding_model embedding_provider
  heartbeat idle_checkin interjection kg_max_triples_per_chat
  max_document_size_mb media memory_graph_recall_enabled memory_graph_recall_max_hops
  memory_graph_recall_max_triples memory_l0_identity_pct memory_l1_essential_pct memory_max_entries_per_chat
  memory_max_global_entries memory_recency_half_life_days memory_token_budget
  observability.agentops_api_key observability.agentops_otlp_endpoint observability.langfuse_host
  observability.langfuse_public_key observability.langfuse_secret_key observability.otlp_enabled
  observability.otlp_endpoint observability.otlp_export_interval_seconds observability.otlp_headers
  observability.otlp_logs_enabled observability.otlp_logs_endpoint observability.otlp_queue_capacity
  observability.otlp_tracing_enabled observability.otlp_tracing_endpoint
  observability.otlp_tracing_max_export_batch_size observability.otlp_tracing_max_queue_size
  observability.otlp_tracing_scheduled_delay_ms
  openai_api_key openai_base_url plugins reflector_enabled reflector_interval_mins rtk
  self_recheck skill_archive_after_days skill_review_min_tool_calls skills_catalog_top_k skills_dir sleep_time
  subagents telegram_bot_token token_budget trust_report voice_provider voice_round_trip
  voice_transcription_command
`;

const NOT_BUILT_KEYS: ReadonlySet<string> = new Set(NOT_BUILT.trim().split(/\s+/));

/** Every key of the list, for suggestions. */
export function notBuiltKeys(): ReadonlySet<string> {
  return NOT_BUILT_KEYS;
}

/** What to say about an unrecognised key. */
export type NotBuilt = 'unknown' | 'not_built';

/** Sorts an unrecognised key. */
export function classifyUnrecognised(path: ConfigPath): NotBuilt {
  return NOT_BUILT_KEYS.has(path.join('.')) ? 'not_built' : 'unknown';
}
