/** Shapes of the approval routes. */
import { z } from 'zod';
import { lazyObject } from '../../core/lazy-object.ts';
import { okObject, queryIntSchema } from './json-body.ts';

export const approvalSchema = lazyObject(() => ({
  approval_id: z.string(),
  run_id: z.string(),
  tool_use_id: z.string(),
  session_key: z.string(),
  chat_id: z.int(),
  channel: z.string(),
  requester: z.string(),
  tool: z.string(),
  summary: z.string(),
  /** Redacted; hidden characters are spelled out. */
  input: z.record(z.string(), z.unknown()),
  /** The whole command of a shell tool. */
  command: z.string().nullable(),
  cwd: z.string().nullable(),
  risk: z.string(),
  reasons: z.array(z.object({ code: z.string(), text: z.string() })),
  /** Labels of the decisions `once`, `always` and `deny`. */
  options: z.array(z.string()).length(3),
  state: z.enum(['pending', 'approved', 'denied', 'expired', 'cancelled']),
  decision: z.enum(['once', 'always', 'deny']).nullable(),
  note: z.string().nullable(),
  created_at: z.string(),
  expires_at: z.string(),
  answered_at: z.string().nullable(),
  answered_by: z.string().nullable(),
}));

export const approvalsQuerySchema = lazyObject(() => ({
  state: z.enum(['pending', 'all']).optional().describe('`pending` when absent.'),
  limit: queryIntSchema().optional().describe('1–500; 100 when absent.'),
}));

export const approvalsSchema = okObject(() => ({
  /** Newest first. */
  approvals: z.array(approvalSchema),
}));

export const approvalParamsSchema = lazyObject(() => ({ approval_id: z.string().min(1).max(100) }));

export const approvalAnswerSchema = lazyObject(() => ({
  decision: z.enum(['once', 'always', 'deny']),
  note: z.string().max(2000).nullish().describe('For the model: what to do instead.'),
}));

export const answeredSchema = okObject(() => ({ approval: approvalSchema }));

export const grantsSchema = okObject(() => ({
  grants: z.array(
    z.object({
      chat_id: z.int(),
      session_key: z.string(),
      tool: z.string(),
      granted_by: z.string(),
      created_at: z.string(),
    }),
  ),
}));

export const grantParamsSchema = lazyObject(() => ({
  chat_id: queryIntSchema(),
  tool: z.string().min(1).max(200),
}));

export const revokedSchema = okObject(() => ({ revoked: z.boolean() }));

export type ApprovalBody = z.infer<typeof approvalSchema>;
export type ApprovalsPage = z.infer<typeof approvalsSchema>;
export type GrantsPage = z.infer<typeof grantsSchema>;
