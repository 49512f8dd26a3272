/** Calls that wait for a person: list, answer; standing approvals: list, take back. */
import type { ApprovalPresenter } from '../../agent/approvals/approval-presenter.ts';
import { sessionKeyOf } from '../../agent/sessions/session-key.ts';
import type { ApprovalRecord } from '../../storage/repositories/approval-repository.ts';
import { defineRoute, type MountableRoute } from '../route.ts';
import {
  type ApprovalBody,
  answeredSchema,
  approvalAnswerSchema,
  approvalParamsSchema,
  approvalsQuerySchema,
  approvalsSchema,
  grantParamsSchema,
  grantsSchema,
  revokedSchema,
} from '../schemas/approvals.ts';
import type { HttpServices } from '../services.ts';

const READ = { kind: 'scope', scope: 'operator.read' } as const;
const APPROVALS = { kind: 'scope', scope: 'operator.approvals' } as const;
const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 500;

export function approvalRoutes(services: HttpServices): readonly MountableRoute[] {
  return [listRoute(services), grantsRoute(services), revokeRoute(services), answerRoute(services)];
}

function listRoute({ repositories, presenter }: HttpServices): MountableRoute {
  return defineRoute(
    {
      method: 'get',
      paths: ['/api/approvals'],
      summary: 'Tool calls that wait for an answer, or all that did, the newest first',
      tag: 'approvals',
      access: READ,
      query: approvalsQuerySchema,
      response: approvalsSchema,
    },
    async ({ query }) => {
      const limit = Math.min(Math.max(query.limit ?? DEFAULT_LIMIT, 1), MAX_LIMIT);
      const records = await repositories.approvals.list({ pendingOnly: query.state !== 'all', limit });
      return { ok: true, approvals: records.map((record) => toApprovalBody(record, presenter)) } as const;
    },
  );
}

function answerRoute({ approvals, presenter }: HttpServices): MountableRoute {
  return defineRoute(
    {
      method: 'post',
      paths: ['/api/approvals/{approval_id}'],
      summary: 'Approve or deny a tool call that waits',
      tag: 'approvals',
      access: APPROVALS,
      params: approvalParamsSchema,
      body: approvalAnswerSchema,
      response: answeredSchema,
    },
    async ({ params, body, caller }) => {
      const note = body.note?.trim() ?? '';
      const record = await approvals.answer(params.approval_id, {
        decision: body.decision,
        note: note === '' ? null : note,
        answeredBy: caller.actor.id,
      });
      return { ok: true, approval: toApprovalBody(record, presenter) } as const;
    },
  );
}

function grantsRoute({ repositories }: HttpServices): MountableRoute {
  return defineRoute(
    {
      method: 'get',
      paths: ['/api/approvals/grants'],
      summary: 'Standing approvals: tools that need no further answer in a chat',
      tag: 'approvals',
      access: READ,
      response: grantsSchema,
    },
    async () => {
      const grants = (await repositories.approvalGrants.list()).map((grant) => ({
        chat_id: grant.chatId,
        session_key: sessionKeyOf({ ...grant, kind: 'private' }),
        tool: grant.tool,
        granted_by: grant.grantedBy,
        created_at: grant.createdAt,
      }));
      return { ok: true, grants } as const;
    },
  );
}

function revokeRoute({ repositories, audit }: HttpServices): MountableRoute {
  return defineRoute(
    {
      method: 'delete',
      paths: ['/api/approvals/grants/{chat_id}/{tool}'],
      summary: 'Take a standing approval back',
      tag: 'approvals',
      access: APPROVALS,
      params: grantParamsSchema,
      response: revokedSchema,
    },
    async ({ params, caller }) => {
      const revoked = (await repositories.approvalGrants.revoke(params.chat_id, params.tool)) > 0;
      await audit.record({
        kind: 'approval',
        actor: caller.actor.id,
        action: 'standing_grants_cleared',
        target: params.tool,
        status: revoked ? 'ok' : 'miss',
        detail: `chat ${params.chat_id}`,
      });
      return { ok: true, revoked } as const;
    },
  );
}

/** A question as clients see it. */
export function toApprovalBody(record: ApprovalRecord, presenter: ApprovalPresenter): ApprovalBody {
  const { input, command, reasons, options } = presenter.question(record);
  return {
    approval_id: record.approvalId,
    run_id: record.runId,
    tool_use_id: record.toolUseId,
    session_key: record.sessionKey,
    chat_id: record.chatId,
    channel: record.channel,
    requester: record.requesterId,
    tool: record.tool,
    summary: record.summary,
    input,
    command,
    cwd: record.cwd,
    risk: record.risk,
    reasons: reasons.map(({ code, text }) => ({ code, text })),
    options: [...options],
    state: record.state,
    decision: record.decision,
    note: record.note,
    created_at: record.createdAt,
    expires_at: record.expiresAt,
    answered_at: record.answeredAt,
    answered_by: record.answeredBy,
  };
}
