/**
 * `GET /health`, `/api/health` and `/api/health/ready`. Public; a missing or wrong credential is never an error and
 * never audited, because probes ask all day.
 */
import { ABSENT_FEATURES } from '../absent-features.ts';
import { allows } from '../auth/identity.ts';
import { httpErrors } from '../errors.ts';
import { defineRoute, type MountableRoute } from '../route.ts';
import { healthSchema, readySchema } from '../schemas/health.ts';
import type { HttpServices } from '../services.ts';

export function healthRoutes(services: HttpServices): readonly MountableRoute[] {
  const basic = { ok: true, version: services.version, web_enabled: services.options.webEnabled } as const;
  const plain = defineRoute(
    {
      method: 'get',
      paths: ['/health'],
      summary: 'Whether the process answers',
      tag: 'health',
      access: { kind: 'public' },
      response: healthSchema,
    },
    async () => basic,
  );
  const detailed = defineRoute(
    {
      method: 'get',
      paths: ['/api/health'],
      summary: 'State of the runtime; with the read scope also of its components',
      tag: 'health',
      access: { kind: 'optional' },
      response: healthSchema,
    },
    async ({ caller }) => {
      if (!allows(caller, 'operator.read')) return basic;
      const components = services.health.snapshot().components.map((component) => ({ ...component }));
      return { ...basic, components, ...ABSENT_FEATURES };
    },
  );
  const ready = defineRoute(
    {
      method: 'get',
      paths: ['/api/health/ready'],
      summary: '200 once requests can be accepted, 503 before and while stopping',
      tag: 'health',
      access: { kind: 'public' },
      response: readySchema,
    },
    async () => {
      if (services.health.snapshot().ready) return { ok: true, ready: true } as const;
      throw httpErrors.create('NOT_READY', 'not ready', { data: { retryAfterMs: 1000 } });
    },
  );
  return [plain, detailed, ready];
}
