/**
 * Chats, transcripts, sessions, the inbox, turns, usage, authentication and audit.
 *
 * The rows of a chat refer to it, so that a late write of a turn cannot bring back parts of a chat that was deleted.
 * Row ids that serve as cursors (`seq`, `entry_id`) or are shown to people are never used twice.
 */
import type { Migration } from './migration.ts';

const ROW_ID = 'integer primary key autoincrement';
const CHAT = 'integer not null references chats (chat_id) on delete cascade';

const conversations = [
  `create table chats (
    chat_id ${ROW_ID},
    channel text not null,
    account text not null default '',
    external_chat_id text not null,
    chat_title text,
    chat_type text not null,
    last_message_time text not null,
    last_message_preview text,
    created_at text not null,
    unique (channel, account, external_chat_id)
  ) strict`,
  'create index chats_by_activity on chats (last_message_time, chat_id)',
  'create index chats_by_title on chats (channel, chat_title)',
  `create table messages (
    seq ${ROW_ID},
    id text not null,
    chat_id ${CHAT},
    sender_name text not null,
    content text not null,
    is_from_bot integer not null,
    timestamp text not null,
    run_id text,
    unique (chat_id, id)
  ) strict`,
  'create index messages_by_chat on messages (chat_id, seq)',
  `create table sessions (
    chat_id integer primary key references chats (chat_id) on delete cascade,
    label text,
    thinking_level text,
    verbose_level text,
    reasoning_level text,
    skill_envs_json text,
    parent_session_key text,
    fork_point integer,
    generation integer not null default 0,
    last_message_id integer not null default 0,
    last_input_tokens integer not null default 0,
    created_at text not null,
    updated_at text not null
  ) strict`,
  'create index sessions_by_update on sessions (updated_at)',
  `create table session_entries (
    entry_id ${ROW_ID},
    chat_id ${CHAT},
    run_id text,
    role text not null,
    kind text not null,
    content_json text not null,
    replaced_by integer,
    created_at text not null
  ) strict`,
  'create index session_entries_live on session_entries (chat_id, replaced_by, entry_id)',
];

const runs = [
  `create table inbox (
    inbox_id ${ROW_ID},
    run_id text not null unique,
    chat_id ${CHAT},
    session_key text not null,
    channel text not null,
    account text not null default '',
    platform_message_id text,
    actor_kind text not null,
    actor_id text not null,
    principal text not null,
    sender_name text not null,
    content text not null,
    message_seq integer,
    state text not null,
    lease_owner text,
    lease_expires_at text,
    accepted_at text not null,
    finished_at text
  ) strict`,
  `create unique index inbox_platform_message on inbox (channel, account, chat_id, platform_message_id)
    where platform_message_id is not null`,
  'create index inbox_by_state on inbox (state, inbox_id)',
  'create index inbox_by_chat on inbox (chat_id)',
  `create table turns (
    run_id text not null primary key,
    chat_id ${CHAT},
    session_key text not null,
    actor_id text not null,
    state text not null,
    phase text not null,
    iteration integer not null default 0,
    resume_count integer not null default 0,
    response text,
    error_code text,
    error_message text,
    error_hint text,
    folded_into text,
    last_event_seq integer not null default 0,
    accepted_at text not null,
    started_at text,
    finished_at text
  ) strict`,
  'create index turns_by_state on turns (state)',
  'create index turns_by_chat on turns (chat_id)',
  `create table tool_calls (
    run_id text not null,
    tool_use_id text not null,
    chat_id ${CHAT},
    ordinal integer not null,
    name text not null,
    input_json text not null,
    summary text not null,
    concurrency text not null,
    state text not null,
    output text,
    is_error integer,
    status_code integer,
    error_type text,
    bytes integer,
    duration_ms integer,
    artifact_id text,
    metadata_json text,
    started_at text not null,
    finished_at text,
    primary key (run_id, tool_use_id)
  ) strict`,
  'create index tool_calls_by_chat on tool_calls (chat_id)',
  `create table llm_usage_logs (
    id ${ROW_ID},
    chat_id integer not null,
    run_id text,
    caller_channel text not null,
    provider text not null,
    model text not null,
    input_tokens integer not null,
    output_tokens integer not null,
    cache_read_tokens integer not null,
    cache_write_tokens integer not null,
    total_tokens integer not null,
    cost_micro_usd integer,
    request_kind text not null,
    duration_ms integer not null,
    created_at text not null
  ) strict`,
  'create index llm_usage_by_chat on llm_usage_logs (chat_id, created_at)',
  'create index llm_usage_by_time on llm_usage_logs (created_at)',
  `create table tool_result_artifacts (
    artifact_id text not null primary key,
    chat_id integer not null,
    tool_name text not null,
    content text not null,
    total_chars integer not null,
    created_at text not null,
    expires_at text not null
  ) strict`,
  'create index tool_result_artifacts_by_expiry on tool_result_artifacts (expires_at)',
  'create index tool_result_artifacts_by_chat on tool_result_artifacts (chat_id)',
];

const operator = [
  `create table auth_passwords (
    id integer not null primary key,
    password_hash text not null,
    created_at text not null,
    updated_at text not null
  ) strict`,
  `create table auth_sessions (
    session_id text not null primary key,
    csrf_hash text not null,
    label text,
    created_at text not null,
    expires_at text not null,
    last_seen_at text not null,
    revoked_at text
  ) strict`,
  `create table api_keys (
    id ${ROW_ID},
    label text not null,
    key_hash text not null unique,
    prefix text not null,
    created_at text not null,
    revoked_at text,
    last_used_at text,
    expires_at text,
    rotated_from_key_id integer
  ) strict`,
  `create table api_key_scopes (
    api_key_id integer not null references api_keys (id) on delete cascade,
    scope text not null,
    primary key (api_key_id, scope)
  ) strict`,
  `create table audit_logs (
    id ${ROW_ID},
    kind text not null,
    actor text not null,
    action text not null,
    target text,
    status text not null,
    detail text,
    created_at text not null,
    prev_hash text,
    entry_hash text
  ) strict`,
  'create index audit_logs_by_kind on audit_logs (kind, created_at)',
  `create table db_meta (
    key text not null primary key,
    value text not null
  ) strict`,
];

export const initialSchema: Migration = {
  version: 1,
  name: 'initial schema',
  checksum: '9d90d49060be422fefc6cc7eac36aaa21d4b26dcbf7dbff8044efb875f4d49d2',
  statements: [...conversations, ...runs, ...operator],
};
