import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StorageFixture } from '../../test/support/storage-fixture.ts';
import { CHAT_TABLES } from './repositories/chat-deletion.ts';
import type { Database } from './schema.ts';

/** Every column of every table; the compiler complains when this and `schema.ts` differ. */
const COLUMNS: { readonly [Table in keyof Database]: Readonly<Record<keyof Database[Table], true>> } = {
  db_meta: { key: true, value: true },
  chats: {
    chat_id: true,
    channel: true,
    account: true,
    external_chat_id: true,
    chat_title: true,
    chat_type: true,
    last_message_time: true,
    last_message_preview: true,
    created_at: true,
  },
  messages: {
    seq: true,
    id: true,
    chat_id: true,
    sender_name: true,
    content: true,
    is_from_bot: true,
    timestamp: true,
    run_id: true,
  },
  sessions: {
    chat_id: true,
    label: true,
    thinking_level: true,
    verbose_level: true,
    reasoning_level: true,
    skill_envs_json: true,
    parent_session_key: true,
    fork_point: true,
    generation: true,
    last_message_id: true,
    last_input_tokens: true,
    created_at: true,
    updated_at: true,
  },
  session_entries: {
    entry_id: true,
    chat_id: true,
    run_id: true,
    role: true,
    kind: true,
    content_json: true,
    replaced_by: true,
    created_at: true,
  },
  inbox: {
    inbox_id: true,
    run_id: true,
    chat_id: true,
    session_key: true,
    channel: true,
    account: true,
    platform_message_id: true,
    actor_kind: true,
    actor_id: true,
    principal: true,
    sender_name: true,
    content: true,
    message_seq: true,
    state: true,
    lease_owner: true,
    lease_expires_at: true,
    accepted_at: true,
    finished_at: true,
  },
  turns: {
    run_id: true,
    chat_id: true,
    session_key: true,
    actor_id: true,
    state: true,
    phase: true,
    iteration: true,
    resume_count: true,
    wait_resumes: true,
    response: true,
    error_code: true,
    error_message: true,
    error_hint: true,
    folded_into: true,
    last_event_seq: true,
    accepted_at: true,
    started_at: true,
    finished_at: true,
  },
  tool_calls: {
    run_id: true,
    tool_use_id: true,
    chat_id: true,
    ordinal: true,
    name: true,
    input_json: true,
    summary: true,
    concurrency: true,
    state: true,
    output: true,
    is_error: true,
    status_code: true,
    error_type: true,
    bytes: true,
    duration_ms: true,
    artifact_id: true,
    metadata_json: true,
    untrusted_source: true,
    started_at: true,
    finished_at: true,
  },
  llm_usage_logs: {
    id: true,
    chat_id: true,
    run_id: true,
    caller_channel: true,
    provider: true,
    model: true,
    input_tokens: true,
    output_tokens: true,
    cache_read_tokens: true,
    cache_write_tokens: true,
    total_tokens: true,
    cost_micro_usd: true,
    request_kind: true,
    duration_ms: true,
    created_at: true,
  },
  tool_result_artifacts: {
    artifact_id: true,
    chat_id: true,
    tool_name: true,
    content: true,
    total_chars: true,
    created_at: true,
    expires_at: true,
  },
  approvals: {
    approval_id: true,
    run_id: true,
    tool_use_id: true,
    chat_id: true,
    session_key: true,
    channel: true,
    requester_kind: true,
    requester_id: true,
    principal: true,
    tool: true,
    risk: true,
    input_json: true,
    fingerprint: true,
    summary: true,
    cwd: true,
    reasons_json: true,
    state: true,
    decision: true,
    note: true,
    answered_by: true,
    created_at: true,
    expires_at: true,
    answered_at: true,
  },
  approval_grants: { chat_id: true, tool: true, granted_by: true, created_at: true },
  auth_passwords: { id: true, password_hash: true, created_at: true, updated_at: true },
  auth_sessions: {
    session_id: true,
    csrf_hash: true,
    label: true,
    created_at: true,
    expires_at: true,
    last_seen_at: true,
    revoked_at: true,
  },
  api_keys: {
    id: true,
    label: true,
    key_hash: true,
    prefix: true,
    created_at: true,
    revoked_at: true,
    last_used_at: true,
    expires_at: true,
    rotated_from_key_id: true,
  },
  api_key_scopes: { api_key_id: true, scope: true },
  audit_logs: {
    id: true,
    kind: true,
    actor: true,
    action: true,
    target: true,
    status: true,
    detail: true,
    created_at: true,
    prev_hash: true,
    entry_hash: true,
  },
  hook_requests: { key_hash: true, body_hash: true, message_id: true, run_id: true, created_at: true },
};

describe('the schema', () => {
  let fixture: StorageFixture;
  /** Columns by table, as the migrations made them. */
  const made = new Map<string, Set<string>>();

  beforeAll(async () => {
    fixture = await StorageFixture.open();
    const { rows } = await sql<{ table: string; column: string }>`
      select t.name as "table", c.name as "column"
      from sqlite_master as t join pragma_table_info(t.name) as c
      where t.type = 'table' and t.name not like 'sqlite%'`.execute(fixture.storage.db);
    for (const { table, column } of rows) made.set(table, (made.get(table) ?? new Set()).add(column));
  });

  afterAll(() => fixture.dispose());

  it('has exactly the tables and columns that the types describe', () => {
    const described = Object.entries(COLUMNS).map(([table, columns]) => [table, Object.keys(columns).sort()]);
    made.delete('schema_migrations');
    const actual = [...made].map(([table, columns]) => [table, [...columns].sort()]);
    expect(actual.sort()).toEqual(described.sort());
  });

  it('lists every table with rows of a chat for deletion', () => {
    const withChat = [...made].flatMap(([table, columns]) => (columns.has('chat_id') ? [table] : []));
    expect([...CHAT_TABLES].sort()).toEqual(withChat.sort());
  });

  it('finds the rows of a chat by index in every table', async () => {
    for (const table of CHAT_TABLES) {
      const { rows } = await sql<{ detail: string }>`
        explain query plan delete from ${sql.table(table)} where chat_id = 1`.execute(fixture.storage.db);
      expect(rows.map((row) => row.detail).join('; '), table).toContain('SEARCH');
    }
  });

  it('finds live entries, activity and waiting requests by index, without sorting', async () => {
    const { db } = fixture.storage;
    const queries = [
      db
        .selectFrom('session_entries')
        .selectAll()
        .where('chat_id', '=', 1)
        .where('replaced_by', 'is', null)
        .orderBy('entry_id'),
      db
        .selectFrom('messages')
        .selectAll()
        .where('chat_id', '=', 1)
        .where('seq', '<', 9)
        .orderBy('seq', 'desc'),
      db
        .selectFrom('chats')
        .select('chat_id')
        .orderBy('last_message_time', 'desc')
        .orderBy('chat_id', 'desc')
        .limit(9),
      db.selectFrom('inbox').selectAll().where('state', '=', 'queued').orderBy('inbox_id'),
    ];
    for (const query of queries) {
      const plan = (await query.explain<{ detail: string }>(undefined, sql`query plan`))
        .map((row) => row.detail)
        .join('; ');
      expect(plan).toContain('INDEX');
      expect(plan).not.toContain('TEMP B-TREE');
    }
  });
});
