/** The events of `GET /api/stream`: name of the SSE event → shape of its JSON data. */
import { z } from 'zod';
import { lazyObject } from '../../core/lazy-object.ts';

const nullableText = () => z.string().nullable();

/** Data of every event by its name. `at_ms` (epoch milliseconds) is added to each event that has an id. */
export const runEventSchemas = {
  /** First frame of a stream; has no id. */
  replay_meta: lazyObject(() => ({
    replay_truncated: z.boolean(),
    oldest_event_id: z.int().nullable(),
    requested_last_event_id: z.int().nullable(),
  })),
  status: lazyObject(() => ({ message: z.string() })),
  delta: lazyObject(() => ({ delta: z.string() })),
  thinking: lazyObject(() => ({ delta: z.string() })),
  tool_start: lazyObject(() => ({
    tool_use_id: z.string(),
    name: z.string(),
    input: z.record(z.string(), z.unknown()),
    summary: z.string(),
  })),
  tool_progress: lazyObject(() => ({ tool_use_id: z.string(), chunk: z.string() })),
  tool_result: lazyObject(() => ({
    tool_use_id: z.string(),
    name: z.string(),
    is_error: z.boolean(),
    preview: z.string(),
    output: z.string(),
    duration_ms: z.number(),
    status_code: z.number().nullable(),
    bytes: z.int(),
    error_type: nullableText(),
    artifact_id: nullableText(),
  })),
  file_diff: lazyObject(() => ({
    path: z.string(),
    diff: z.string(),
    added: z.int(),
    removed: z.int(),
    truncated: z.boolean(),
  })),
  approval_required: lazyObject(() => ({
    approval_id: z.string(),
    tool_use_id: z.string(),
    tool: z.string(),
    preview: z.string(),
    options: z.array(z.string()).length(3),
    advisory: nullableText(),
    input: z.record(z.string(), z.unknown()),
    command: nullableText(),
    cwd: nullableText(),
    reasons: z.array(z.object({ code: z.string(), text: z.string() })),
    expires_at: z.string(),
  })),
  /** The call does not wait any more. `answered_by` is `null` when nobody answered. */
  approval_resolved: lazyObject(() => ({
    approval_id: z.string(),
    tool_use_id: z.string(),
    tool: z.string(),
    decision: z.enum(['once', 'always', 'deny', 'expired', 'cancelled']),
    answered_by: nullableText(),
  })),
  notice: lazyObject(() => ({ code: z.string(), message: z.string() })),
  mid_turn_injection: lazyObject(() => ({ count: z.int() })),
  usage: lazyObject(() => ({
    provider: z.string(),
    model: z.string(),
    input_tokens: z.int(),
    output_tokens: z.int(),
    cache_read_tokens: z.int(),
    cache_write_tokens: z.int(),
    cost_usd: z.number().nullable(),
    duration_ms: z.number(),
    first_delta_ms: z.number().nullable(),
    context_pct: z.number(),
  })),
  /** Terminal. `folded_into` names the run that answered this message. */
  done: lazyObject(() => ({ response: z.string(), folded_into: z.string().optional() })),
  /** Terminal. */
  error: lazyObject(() => ({ error: z.string(), code: z.string(), hint: nullableText() })),
  /** Terminal. `text` is what had been answered before. */
  aborted: lazyObject(() => ({ text: nullableText() })),
} as const;

export type RunEventName = keyof typeof runEventSchemas;
export type RunEventData<Name extends RunEventName> = z.infer<(typeof runEventSchemas)[Name]>;
