/** Shapes of the session routes. */
import { z } from 'zod';
import { lazyObject } from '../../core/lazy-object.ts';
import { okObject, queryIntSchema, sessionKeySchema } from './json-body.ts';

export const sessionsQuerySchema = lazyObject(() => ({
  limit: queryIntSchema().optional().describe('1–400; 400 when absent.'),
  cursor: z.string().max(100).optional().describe('`next_cursor` of the page before.'),
  q: z.string().max(200).optional().describe('Text in label, title or key.'),
  channel: z.string().max(50).optional(),
}));

export const sessionSchema = lazyObject(() => ({
  session_key: z.string(),
  label: z.string(),
  chat_id: z.int(),
  /** Channel name: `web`, `telegram`, … */
  chat_type: z.string(),
  last_message_time: z.string(),
  last_message_preview: z.string().nullable(),
  created_at: z.string(),
  /** Run that is queued or running in this chat. */
  active_run_id: z.string().nullable(),
  /** A call in this chat waits for an approval. */
  waiting_approval: z.boolean(),
  /** The chat plans: only read-only tools work (`/plan`). */
  plan_mode: z.boolean(),
  /** A plan waits for approval: the message `approve` has it carried out. */
  plan_ready: z.boolean(),
}));

export const sessionsSchema = okObject(() => ({
  /** Newest message first. */
  sessions: z.array(sessionSchema),
  next_cursor: z.string().nullable(),
}));

export const historyQuerySchema = lazyObject(() => ({
  session_key: sessionKeySchema(),
  limit: queryIntSchema().optional().describe('0–500; 500 when absent.'),
  before: queryIntSchema().optional().describe('Only messages with a smaller `seq`, the newest of them.'),
  after: queryIntSchema().optional().describe('Only messages with a larger `seq`, the oldest of them.'),
}));

export const historyMessageSchema = lazyObject(() => ({
  id: z.string(),
  /** Cursor for `before` and `after`; grows with time. */
  seq: z.int(),
  sender_name: z.string(),
  content: z.string(),
  is_from_bot: z.boolean(),
  timestamp: z.string(),
  /** Run that this message started or answered. */
  run_id: z.string().nullable(),
}));

export const historyToolCallSchema = lazyObject(() => ({
  run_id: z.string(),
  tool_use_id: z.string(),
  name: z.string(),
  input: z.record(z.string(), z.unknown()),
  summary: z.string(),
  /** What the model got; `null` while the call has not ended. */
  output: z.string().nullable(),
  /** Input or output is longer than shown (8 KiB). */
  is_cut: z.boolean(),
  is_error: z.boolean(),
  status_code: z.int().nullable(),
  error_type: z.string().nullable(),
  bytes: z.int().nullable(),
  duration_ms: z.int().nullable(),
  artifact_id: z.string().nullable(),
  state: z.enum(['started', 'finished']),
  metadata: z.record(z.string(), z.unknown()).nullable(),
  started_at: z.string(),
}));

/** What became of a run; the error is there for one that failed. */
export const historyRunSchema = lazyObject(() => ({
  run_id: z.string(),
  state: z.enum(['queued', 'running', 'done', 'error', 'aborted']),
  error_code: z.string().nullable(),
  error_message: z.string().nullable(),
  error_hint: z.string().nullable(),
}));

export const historySchema = okObject(() => ({
  session_key: z.string(),
  chat_id: z.int(),
  /** Oldest first. */
  messages: z.array(historyMessageSchema),
  /** Of these messages, as far as they are known. */
  runs: z.array(historyRunSchema),
  /** Of the runs of these messages, in order within each run. */
  tool_calls: z.array(historyToolCallSchema),
  has_more: z.boolean(),
}));

export const treeQuerySchema = lazyObject(() => ({
  limit: queryIntSchema().optional().describe('1–5000; 1000 when absent.'),
}));

export const treeNodeSchema = lazyObject(() => ({
  chat_id: z.int(),
  session_key: z.string(),
  label: z.string(),
  parent_session_key: z.string().nullable(),
  fork_point: z.int().nullable(),
  updated_at: z.string(),
}));

export const treeSchema = okObject(() => ({ nodes: z.array(treeNodeSchema) }));

export const forkBodySchema = lazyObject(() => ({
  source_session_key: z.string().max(512),
  target_session_key: z.string().max(512).nullish(),
  fork_point: z.int().min(0).nullish().describe('Leading messages to copy; all when absent.'),
  overwrite: z.boolean().nullish().describe('Replace a chat that has the target key.'),
}));

export const forkSchema = okObject(() => ({
  source_session_key: z.string(),
  source_chat_id: z.int(),
  target_session_key: z.string(),
  target_chat_id: z.int(),
  fork_point: z.int(),
}));

export const sessionBodySchema = lazyObject(() => ({ session_key: sessionKeySchema() }));
export const deletedSchema = okObject(() => ({ deleted: z.boolean() }));

export type SessionItem = z.infer<typeof sessionSchema>;
export type SessionsPage = z.infer<typeof sessionsSchema>;
export type HistoryMessage = z.infer<typeof historyMessageSchema>;
export type HistoryToolCallBody = z.infer<typeof historyToolCallSchema>;
export type HistoryRunBody = z.infer<typeof historyRunSchema>;
export type HistoryPage = z.infer<typeof historySchema>;
