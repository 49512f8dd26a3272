/**
 * `GET /health`, `/api/health` and `/api/health/ready`. Public; a missing or wrong credential is never an error and
 * never audited, because probes ask all day.
 */
import { allows } from '../auth/identity.ts';
import { httpErrors } from '../errors.ts';
import { defineRoute, type MountableRoute } from '../route.ts';
import { type Health, healthSchema, readySchema } from '../schemas/health.ts';
import type { HttpServices } from '../services.ts';

/** Figures of features this build does not have. */
const ABSENT_FEATURES = {
  scheduler: { task_runs_24h: 0, task_success_24h: 0, task_failed_24h: 0 },
  reflector: {
    enabled: false,
    interval_mins: 0,
    runs_24h: 0,
    inserted_24h: 0,
    updated_24h: 0,
    skipped_24h: 0,
  },
  memory_backend: {
    external_provider_enabled: false,
    primary_provider_name: null,
    startup_probe_ok: null,
    startup_probe_message: null,
    consecutive_primary_failures: 0,
    total_fallbacks: 0,
    last_primary_success_ts: null,
    last_primary_failure_ts: null,
    last_fallback_reason: null,
    reflector_paused: false,
  },
} satisfies Partial<Health>;

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
