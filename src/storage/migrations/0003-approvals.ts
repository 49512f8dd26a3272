/** Questions about tool calls and their answers, standing approvals, and resumes that found a turn waiting. */
import type { Migration } from './migration.ts';

const CHAT = 'integer not null references chats (chat_id) on delete cascade';

export const approvals: Migration = {
  version: 3,
  name: 'approvals',
  checksum: 'f86026b51910bbe6a1903bac46d5b61edd43e98f94aafeb4aa9b265e31d8a5f4',
  statements: [
    `create table approvals (
      approval_id text not null primary key,
      run_id text not null,
      tool_use_id text not null,
      chat_id ${CHAT},
      session_key text not null,
      channel text not null,
      requester_kind text not null,
      requester_id text not null,
      principal text not null,
      tool text not null,
      risk text not null,
      input_json text not null,
      fingerprint text not null,
      summary text not null,
      cwd text,
      reasons_json text not null,
      state text not null,
      decision text,
      note text,
      answered_by text,
      created_at text not null,
      expires_at text not null,
      answered_at text,
      unique (run_id, tool_use_id)
    ) strict`,
    'create index approvals_by_chat on approvals (chat_id)',
    'create index approvals_by_time on approvals (created_at)',
    `create index approvals_pending on approvals (created_at) where state = 'pending'`,
    `create table approval_grants (
      chat_id ${CHAT},
      tool text not null,
      granted_by text not null,
      created_at text not null,
      primary key (chat_id, tool)
    ) strict`,
    'alter table turns add column wait_resumes integer not null default 0',
  ],
};
