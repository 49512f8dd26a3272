/** Shapes of sending messages and following runs. */
import { z } from 'zod';
import { lazy } from '../../core/lazy.ts';
import { lazyObject } from '../../core/lazy-object.ts';
import { approvalSchema } from './approvals.ts';
import { okObject, queryIntSchema, sessionKeySchema } from './json-body.ts';

export const sendBodySchema = lazyObject(() => ({
  message: z.string(),
  session_key: sessionKeySchema(),
  sender_name: z.string().max(200).nullish().describe('`web-user` when absent.'),
  client_message_id: z
    .string()
    .max(64)
    .nullish()
    .describe('Unique per message: a repeated send with the same id is answered with the run of the first.'),
}));

export const sentSchema = okObject(() => ({
  session_key: z.string(),
  chat_id: z.int(),
  run_id: z.string(),
  response: z.string(),
  /** The run was stopped; `response` is what it had answered before. */
  aborted: z.boolean(),
  /** `approval_required`: the run goes on waiting; `response` is the question as a text. */
  state: z.enum(['done', 'aborted', 'approval_required']),
  /** What a call of the run waits for. */
  approval: approvalSchema.nullable(),
}));

export const acceptedSchema = okObject(() => ({
  run_id: z.string(),
  session_key: z.string(),
  chat_id: z.int(),
  /** `client_message_id` had been accepted before. */
  duplicate: z.boolean(),
}));

const runId = lazy(() => z.string().min(1).max(100));

export const runQuerySchema = lazyObject(() => ({ run_id: runId() }));
export const runParamsSchema = lazyObject(() => ({ run_id: runId() }));

export const streamQuerySchema = lazyObject(() => ({
  run_id: runId(),
  last_event_id: queryIntSchema()
    .refine((id) => id >= 0, 'must not be negative')
    .optional()
    .describe('Continue after this event; wins over the header Last-Event-ID.'),
}));

export const runStatusSchema = okObject(() => ({
  run_id: z.string(),
  session_key: z.string(),
  chat_id: z.int(),
  /** True for `done`, `error` and `aborted`. */
  done: z.boolean(),
  state: z.enum(['queued', 'running', 'done', 'error', 'aborted']),
  last_event_id: z.int(),
  /** The approval that a call of the run waits for. */
  waiting_approval: z.string().nullable(),
}));

/** `aborted` is false when the run had already ended. */
export const abortedSchema = okObject(() => ({ run_id: z.string(), aborted: z.boolean() }));

export type SendBody = z.infer<typeof sendBodySchema>;
export type Sent = z.infer<typeof sentSchema>;
export type SendAccepted = z.infer<typeof acceptedSchema>;
