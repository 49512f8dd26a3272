/** The seal that makes a changed, removed or inserted audit row visible. */
import { createHash } from 'node:crypto';

/** `prev_hash` of the first sealed row. */
export const AUDIT_GENESIS = 'GENESIS';

/** What a row's seal covers, besides the seal before it. */
export interface AuditFields {
  readonly kind: string;
  readonly actor: string;
  readonly action: string;
  readonly target: string | null;
  readonly status: string;
  readonly detail: string | null;
  readonly createdAt: string;
}

/**
 * SHA-256 hex over previous seal, kind, actor, action, target or "", status, detail or "" and time, each followed by
 * byte 0x1F. The same rule as the reference's, so that its chains verify.
 */
export function auditSeal(previous: string, entry: AuditFields): string {
  const { kind, actor, action, target, status, detail, createdAt } = entry;
  const fields = [previous, kind, actor, action, target ?? '', status, detail ?? '', createdAt];
  const hash = createHash('sha256');
  for (const field of fields) hash.update(field, 'utf8').update('\x1f');
  return hash.digest('hex');
}
