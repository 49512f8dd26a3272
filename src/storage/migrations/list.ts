/** The schema's history, in order. A new migration is a new file and a new last line here. */
import { initialSchema } from './0001-initial-schema.ts';
import { hookRequests } from './0002-hook-requests.ts';
import { approvals } from './0003-approvals.ts';
import { untrustedContent } from './0004-untrusted-content.ts';
import type { Migration } from './migration.ts';

export const MIGRATIONS: readonly Migration[] = [initialSchema, hookRequests, approvals, untrustedContent];
