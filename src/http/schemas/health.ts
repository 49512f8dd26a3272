/** Shapes of the health routes. */
import { z } from 'zod';
import { lazyObject } from '../../core/lazy-object.ts';
import { okObject } from './json-body.ts';

export const healthComponentSchema = lazyObject(() => ({
  name: z.string(),
  state: z.enum(['ok', 'starting', 'degraded', 'failed']),
  message: z.string().nullable(),
}));

const schedulerHealthSchema = lazyObject(() => ({
  task_runs_24h: z.int(),
  task_success_24h: z.int(),
  task_failed_24h: z.int(),
}));

const reflectorHealthSchema = lazyObject(() => ({
  enabled: z.boolean(),
  interval_mins: z.int(),
  runs_24h: z.int(),
  inserted_24h: z.int(),
  updated_24h: z.int(),
  skipped_24h: z.int(),
}));

export const memoryBackendHealthSchema = lazyObject(() => ({
  external_provider_enabled: z.boolean(),
  primary_provider_name: z.string().nullable(),
  startup_probe_ok: z.boolean().nullable(),
  startup_probe_message: z.string().nullable(),
  consecutive_primary_failures: z.int(),
  total_fallbacks: z.int(),
  last_primary_success_ts: z.int().nullable(),
  last_primary_failure_ts: z.int().nullable(),
  last_fallback_reason: z.string().nullable(),
  reflector_paused: z.boolean(),
}));

/** Anonymous callers get the first three fields, callers with the read scope all of them. */
export const healthSchema = okObject(() => ({
  version: z.string(),
  web_enabled: z.boolean(),
  components: z.array(healthComponentSchema).optional(),
  scheduler: schedulerHealthSchema.optional(),
  reflector: reflectorHealthSchema.optional(),
  memory_backend: memoryBackendHealthSchema.optional(),
}));

export const readySchema = okObject(() => ({ ready: z.literal(true) }));

export type Health = z.infer<typeof healthSchema>;
