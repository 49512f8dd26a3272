/** Shapes of the approval routes. */
import { z } from 'zod';
import { okSchema, queryIntSchema } from './json-body.ts';

export const approvalSchema = z.object({
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
});

export const approvalsQuerySchema = z.object({
  state: z.enum(['pending', 'all']).optional().describe('`pending` when absent.'),
  limit: queryIntSchema.optional().describe('1–500; 100 when absent.'),
});

export const approvalsSchema = okSchema.extend({
  /** Newest first. */
  approvals: z.array(approvalSchema),
});

export const approvalParamsSchema = z.object({ approval_id: z.string().min(1).max(100) });

export const approvalAnswerSchema = z.object({
  decision: z.enum(['once', 'always', 'deny']),
  note: z.string().max(2000).nullish().describe('For the model: what to do instead.'),
});

export const answeredSchema = okSchema.extend({ approval: approvalSchema });

export const grantsSchema = okSchema.extend({
  grants: z.array(
    z.object({
      chat_id: z.int(),
      session_key: z.string(),
      tool: z.string(),
      granted_by: z.string(),
      created_at: z.string(),
    }),
  ),
});

export const grantParamsSchema = z.object({
  chat_id: queryIntSchema,
  tool: z.string().min(1).max(200),
});

export const revokedSchema = okSchema.extend({ revoked: z.boolean() });

export type ApprovalBody = z.infer<typeof approvalSchema>;
export type ApprovalsPage = z.infer<typeof approvalsSchema>;
export type GrantsPage = z.infer<typeof grantsSchema>;
