/** Shapes of `GET /api/usage`. */
import { z } from 'zod';
import { lazyObject } from '../../core/lazy-object.ts';
import { okObject, sessionKeySchema } from './json-body.ts';

export const usageQuerySchema = lazyObject(() => ({ session_key: sessionKeySchema() }));

export const usageTotalsSchema = lazyObject(() => ({
  requests: z.int(),
  input_tokens: z.int(),
  output_tokens: z.int(),
  cache_read_tokens: z.int(),
  cache_write_tokens: z.int(),
  total_tokens: z.int(),
  /** Of the requests whose model has a price. */
  cost_usd: z.number(),
}));

export const modelUsageSchema = lazyObject(() => ({
  ...usageTotalsSchema.shape,
  provider: z.string(),
  model: z.string(),
}));

export const usageWindowsSchema = lazyObject(() => ({
  all_time: usageTotalsSchema,
  last_24h: usageTotalsSchema,
  last_7d: usageTotalsSchema,
  /** Of the last seven days, most tokens first. */
  by_model: z.array(modelUsageSchema),
}));

export const memoryObservabilitySchema = lazyObject(() => ({
  total: z.int(),
  active: z.int(),
  archived: z.int(),
  low_confidence: z.int(),
  avg_confidence: z.number(),
  reflector_runs_24h: z.int(),
  reflector_inserted_24h: z.int(),
  reflector_updated_24h: z.int(),
  reflector_skipped_24h: z.int(),
  injection_events_24h: z.int(),
  injection_selected_24h: z.int(),
  injection_candidates_24h: z.int(),
}));

export const usageSchema = okObject(() => ({
  session_key: z.string(),
  chat_id: z.int(),
  /** The same figures as text. */
  report: z.string(),
  usage: z.object({ chat: usageWindowsSchema, global: usageWindowsSchema }),
  memory_observability: memoryObservabilitySchema,
}));

export type UsageTotalsBody = z.infer<typeof usageTotalsSchema>;
export type UsageWindowsBody = z.infer<typeof usageWindowsSchema>;
