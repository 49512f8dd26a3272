/** Where content of strangers in a tool result came from; what is already stored counts as having none. */
import type { Migration } from './migration.ts';

export const untrustedContent: Migration = {
  version: 4,
  name: 'untrusted-content',
  statements: ['alter table tool_calls add column untrusted_source text'],
};
