/** Shapes of the audit routes. */
import { z } from 'zod';
import { lazyObject } from '../../core/lazy-object.ts';
import { okObject, queryIntSchema } from './json-body.ts';

export const DEFAULT_AUDIT_ENTRIES = 200;
const MAX_AUDIT_ENTRIES = 2000;

export const auditQuerySchema = lazyObject(() => ({
  kind: z
    .string()
    .max(64)
    .optional()
    .describe('Only entries of this kind, e.g. `operator`, `auth`, `tool_policy`.'),
  limit: queryIntSchema()
    .transform((limit) => Math.min(Math.max(limit, 1), MAX_AUDIT_ENTRIES))
    .optional()
    .describe(`Entries per page, 1–${MAX_AUDIT_ENTRIES}; ${DEFAULT_AUDIT_ENTRIES} when absent.`),
  before_id: queryIntSchema().optional().describe('Only entries older than this one; for the next page.'),
  since: z.iso
    .datetime({ offset: true })
    .transform((text) => new Date(text).toISOString())
    .optional()
    .describe('Only entries at or after this instant (RFC 3339).'),
}));

export const auditEntrySchema = lazyObject(() => ({
  id: z.int(),
  kind: z.string(),
  actor: z.string(),
  action: z.string(),
  target: z.string().nullable(),
  status: z.string(),
  detail: z.string().nullable(),
  created_at: z.string(),
}));

export const auditSchema = okObject(() => ({
  /** The newest first. */
  logs: z.array(auditEntrySchema),
  /** `before_id` of the next page; `null` when this is the last one. */
  next_before_id: z.int().nullable(),
}));

export const auditVerificationSchema = okObject(() => ({
  sealed_entries: z.int(),
  intact: z.boolean(),
  /** Id of the first entry that does not fit. */
  broken_at: z.int().nullable(),
  reason: z.string().nullable(),
}));

export type AuditEntryBody = z.infer<typeof auditEntrySchema>;
export type AuditPage = z.infer<typeof auditSchema>;
export type AuditVerification = z.infer<typeof auditVerificationSchema>;
