/** Where content of strangers in a tool result came from; what is already stored counts as having none. */
import type { Migration } from './migration.ts';

export const untrustedContent: Migration = {
  version: 4,
  name: 'untrusted-content',
  checksum: 'b3ad2a1598a8df8f6aa21a69ae00ed3acb4039ba6774e1494ba66178121ada19',
  statements: ['alter table tool_calls add column untrusted_source text'],
};
