/**
 * The tables as Kysely sees them. Column meanings stand here; the SQL that creates them is in `migrations/`.
 * Timestamps are UTC RFC 3339 text with milliseconds and `Z`; booleans are 0 or 1; ids are integers below 2^53.
 */
import type { Generated } from 'kysely';

export interface Database {
  db_meta: { key: string; value: string };
  chats: ChatsTable;
  messages: MessagesTable;
  sessions: SessionsTable;
  session_entries: SessionEntriesTable;
  inbox: InboxTable;
  turns: TurnsTable;
  tool_calls: ToolCallsTable;
  llm_usage_logs: LlmUsageLogsTable;
  tool_result_artifacts: ToolResultArtifactsTable;
  approvals: ApprovalsTable;
  approval_grants: { chat_id: number; tool: string; granted_by: string; created_at: string };
  auth_passwords: { id: number; password_hash: string; created_at: string; updated_at: string };
  auth_sessions: AuthSessionsTable;
  api_keys: ApiKeysTable;
  api_key_scopes: { api_key_id: number; scope: string };
  audit_logs: AuditLogsTable;
  hook_requests: HookRequestsTable;
}

export interface ChatsTable {
  chat_id: Generated<number>;
  channel: string;
  /** Account key of the channel adapter; `''` for the default one. */
  account: string;
  external_chat_id: string;
  chat_title: string | null;
  /** `private` or `group`. */
  chat_type: string;
  last_message_time: string;
  /** First 200 characters of the newest message. */
  last_message_preview: string | null;
  created_at: string;
}

/** The transcript people see. `seq` is the cursor; the reference's key (id, chat_id) stays unique. */
export interface MessagesTable {
  seq: Generated<number>;
  id: string;
  chat_id: number;
  sender_name: string;
  content: string;
  is_from_bot: number;
  timestamp: string;
  /** Run that this message started or answered. */
  run_id: string | null;
}

/** The model's context of one chat. */
export interface SessionsTable {
  chat_id: number;
  label: string | null;
  thinking_level: string | null;
  verbose_level: string | null;
  reasoning_level: string | null;
  skill_envs_json: string | null;
  parent_session_key: string | null;
  fork_point: number | null;
  /** Raised by reset; an append that names an older generation is refused. */
  generation: Generated<number>;
  /** `messages.seq` of the newest message the session has taken in. Never derived from a timestamp. */
  last_message_id: Generated<number>;
  /** Input tokens the provider reported for the newest request; drives compaction. */
  last_input_tokens: Generated<number>;
  created_at: string;
  updated_at: string;
}

/** Append-only: rows are added and marked as replaced, never changed or removed except with the whole session. */
export interface SessionEntriesTable {
  entry_id: Generated<number>;
  chat_id: number;
  run_id: string | null;
  role: 'user' | 'assistant';
  /** `message`, `tool_results`, `summary` or `note` (text injected by the runtime). */
  kind: string;
  /** JSON array of content blocks (`llm/message.ts`). */
  content_json: string;
  /** The summary entry that stands for this one in the model's context. */
  replaced_by: number | null;
  created_at: string;
}

/** Accepted requests. A row is written before the request is acknowledged. */
export interface InboxTable {
  inbox_id: Generated<number>;
  run_id: string;
  chat_id: number;
  session_key: string;
  channel: string;
  account: string;
  platform_message_id: string | null;
  actor_kind: string;
  actor_id: string;
  principal: string;
  sender_name: string;
  content: string;
  /** `messages.seq` of the stored user message. */
  message_seq: number | null;
  /** `queued`, `claimed`, `folded` or `finished`. */
  state: string;
  lease_owner: string | null;
  lease_expires_at: string | null;
  accepted_at: string;
  finished_at: string | null;
}

/** One row per run from acceptance to its terminal event. */
export interface TurnsTable {
  run_id: string;
  chat_id: number;
  session_key: string;
  actor_id: string;
  /** `queued`, `running`, `done`, `error` or `aborted`. */
  state: string;
  /** `starting`, `calling_llm`, `executing_tools`, `ready_for_llm`; meaningful while running. */
  phase: string;
  iteration: Generated<number>;
  /** How often a restart continued it; event sequences of a resumed run start at `resume_count * 1_000_000 + 1`. */
  resume_count: Generated<number>;
  /** How many of these found it waiting for an approval. */
  wait_resumes: Generated<number>;
  response: string | null;
  error_code: string | null;
  error_message: string | null;
  error_hint: string | null;
  folded_into: string | null;
  last_event_seq: Generated<number>;
  accepted_at: string;
  started_at: string | null;
  finished_at: string | null;
}

/** Every tool call of every turn; `started` rows without a result tell recovery what is uncertain. */
export interface ToolCallsTable {
  run_id: string;
  tool_use_id: string;
  chat_id: number;
  /** Position among the calls of the run, from 0. */
  ordinal: number;
  name: string;
  input_json: string;
  summary: string;
  concurrency: string;
  /** `started` or `finished`. */
  state: string;
  /** What the model got. */
  output: string | null;
  is_error: number | null;
  status_code: number | null;
  error_type: string | null;
  bytes: number | null;
  duration_ms: number | null;
  artifact_id: string | null;
  metadata_json: string | null;
  /** Where content of strangers in the result came from. */
  untrusted_source: string | null;
  started_at: string;
  finished_at: string | null;
}

export interface LlmUsageLogsTable {
  id: Generated<number>;
  chat_id: number;
  run_id: string | null;
  caller_channel: string;
  provider: string;
  model: string;
  /** Cached tokens included. */
  input_tokens: number;
  output_tokens: number;
  cache_read_tokens: number;
  cache_write_tokens: number;
  total_tokens: number;
  cost_micro_usd: number | null;
  request_kind: string;
  duration_ms: number;
  created_at: string;
}

export interface ToolResultArtifactsTable {
  artifact_id: string;
  chat_id: number;
  tool_name: string;
  content: string;
  /** Code points. */
  total_chars: number;
  created_at: string;
  expires_at: string;
}

/** A tool call that a person has to decide on. */
export interface ApprovalsTable {
  /** `apv_` and 32 hex digits. */
  approval_id: string;
  run_id: string;
  tool_use_id: string;
  chat_id: number;
  session_key: string;
  channel: string;
  requester_kind: string;
  requester_id: string;
  principal: string;
  tool: string;
  risk: string;
  /** For display: redacted. */
  input_json: string;
  /** SHA-256 of the tool and its real input, in hex. */
  fingerprint: string;
  summary: string;
  cwd: string | null;
  /** JSON array of `{code, text}`. */
  reasons_json: string;
  /** `pending`, `approved`, `denied`, `expired` or `cancelled`. */
  state: string;
  /** `once`, `always` or `deny`. */
  decision: string | null;
  note: string | null;
  answered_by: string | null;
  created_at: string;
  expires_at: string;
  /** When it left `pending`. */
  answered_at: string | null;
}

export interface AuthSessionsTable {
  /** SHA-256 hex of the cookie's value. */
  session_id: string;
  /** SHA-256 hex of the CSRF token bound to the session. */
  csrf_hash: string;
  label: string | null;
  created_at: string;
  expires_at: string;
  last_seen_at: string;
  revoked_at: string | null;
}

export interface ApiKeysTable {
  id: Generated<number>;
  label: string;
  key_hash: string;
  prefix: string;
  created_at: string;
  revoked_at: string | null;
  last_used_at: string | null;
  expires_at: string | null;
  rotated_from_key_id: number | null;
}

export interface AuditLogsTable {
  id: Generated<number>;
  kind: string;
  actor: string;
  action: string;
  target: string | null;
  status: string;
  detail: string | null;
  created_at: string;
  prev_hash: string | null;
  entry_hash: string | null;
}

/** Requests of webhooks with an idempotency key, kept for a day. */
export interface HookRequestsTable {
  /** SHA-256 hex of the key. */
  key_hash: string;
  /** SHA-256 hex of what was asked for. */
  body_hash: string;
  /** Id of the message that the request became. */
  message_id: string;
  run_id: string | null;
  created_at: string;
}
