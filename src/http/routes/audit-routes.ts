/** `GET /api/audit` and `GET /api/audit/verify`: who did what, and whether the record is whole. */
import type { AuditEntry } from '../../storage/repositories/audit-repository.ts';
import { defineRoute, type MountableRoute } from '../route.ts';
import {
  type AuditEntryBody,
  auditQuerySchema,
  auditSchema,
  auditVerificationSchema,
  DEFAULT_AUDIT_ENTRIES,
} from '../schemas/audit.ts';
import type { HttpServices } from '../services.ts';

export function auditRoutes(services: HttpServices): readonly MountableRoute[] {
  return [listRoute(services), verifyRoute(services)];
}

function listRoute({ repositories }: HttpServices): MountableRoute {
  return defineRoute(
    {
      method: 'get',
      paths: ['/api/audit'],
      summary: 'Entries of the audit log, the newest first',
      tag: 'audit',
      access: { kind: 'scope', scope: 'operator.admin' },
      query: auditQuerySchema,
      response: auditSchema,
    },
    async ({ query }) => {
      const limit = query.limit ?? DEFAULT_AUDIT_ENTRIES;
      const entries = await repositories.audit.list({
        limit: limit + 1,
        ...(query.kind === undefined ? {} : { kind: query.kind }),
        ...(query.before_id === undefined ? {} : { beforeId: query.before_id }),
        ...(query.since === undefined ? {} : { since: query.since }),
      });
      const page = entries.slice(0, limit);
      const hasMore = entries.length > limit;
      return {
        ok: true,
        logs: page.map(toBody),
        next_before_id: hasMore ? (page.at(-1)?.id ?? null) : null,
      } as const;
    },
  );
}

function verifyRoute({ repositories }: HttpServices): MountableRoute {
  return defineRoute(
    {
      method: 'get',
      paths: ['/api/audit/verify'],
      summary: 'Recomputes the hash chain of the audit log',
      tag: 'audit',
      access: { kind: 'scope', scope: 'operator.admin' },
      response: auditVerificationSchema,
    },
    async () => {
      const { sealedEntries, intact, brokenAt, reason } = await repositories.audit.verify();
      return { ok: true, sealed_entries: sealedEntries, intact, broken_at: brokenAt, reason } as const;
    },
  );
}

function toBody(entry: AuditEntry): AuditEntryBody {
  const { id, kind, actor, action, target, status, detail, createdAt } = entry;
  return { id, kind, actor, action, target, status, detail, created_at: createdAt };
}
