/** Requests of webhooks that carry an idempotency key, so that a repeated delivery does not run twice. */
import type { Migration } from './migration.ts';

export const hookRequests: Migration = {
  version: 2,
  name: 'hook requests',
  checksum: 'ed3ec3dbbcd26c99f4acdbf9867abdc6ef65c51fd9a3b76d4c0f34fcdf4cafe3',
  statements: [
    `create table hook_requests (
      key_hash text not null primary key,
      body_hash text not null,
      message_id text not null,
      run_id text,
      created_at text not null
    ) strict`,
    'create index hook_requests_by_age on hook_requests (created_at)',
  ],
};
