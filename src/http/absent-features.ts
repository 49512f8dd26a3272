/** Figures of features this build does not have, in the shape that clients read. */
import type { Health } from './schemas/health.ts';

export const ABSENT_FEATURES = {
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
