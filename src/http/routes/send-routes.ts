/** `POST /api/send` waits for the answer, `POST /api/send_stream` returns the run to follow. */
import { approvalErrors } from '../../agent/approvals/errors.ts';
import type { TerminalEvent } from '../../agent/turn-event.ts';
import type { AcceptedTurn } from '../../agent/turn-service-port.ts';
import { httpErrors } from '../errors.ts';
import { answerWith } from '../exchange/answer.ts';
import { defineRoute, type MountableRoute } from '../route.ts';
import { acceptedSchema, type Sent, sendBodySchema, sentSchema } from '../schemas/runs.ts';
import type { HttpServices } from '../services.ts';
import { toApprovalBody } from './approval-routes.ts';
import { startRun } from './start-run.ts';

const WRITE = { kind: 'scope', scope: 'operator.write' } as const;
const STOPPED_TEXT = 'Current run aborted.';
/** The client is gone; nobody reads this status (the number nginx logs for it). */
const CLIENT_CLOSED_REQUEST = 499;

export function sendRoutes(services: HttpServices): readonly MountableRoute[] {
  const send = defineRoute(
    {
      method: 'post',
      paths: ['/api/send', '/api/chat'],
      summary: 'Send a message and wait for the answer',
      tag: 'runs',
      access: WRITE,
      body: sendBodySchema,
      response: sentSchema,
    },
    async ({ body, caller, context }) => {
      const accepted = await startRun(services, context, caller, body);
      const { signal } = context.env.request;
      try {
        const pause = await services.turns.waitForPause(accepted.runId, signal);
        return pause.kind === 'ended'
          ? answerOf(accepted, pause.end)
          : await questionOf(services, accepted, pause.approvalId);
      } catch (error) {
        if (!signal.aborted) throw error;
        return answerWith(context, null, { status: CLIENT_CLOSED_REQUEST }); // the run goes on without its reader
      }
    },
  );
  const sendStream = defineRoute(
    {
      method: 'post',
      paths: ['/api/send_stream', '/api/chat_stream'],
      summary: 'Send a message; follow the run with GET /api/stream',
      tag: 'runs',
      access: WRITE,
      body: sendBodySchema,
      response: acceptedSchema,
    },
    async ({ body, caller, context }) => {
      const accepted = await startRun(services, context, caller, body);
      return {
        ok: true,
        run_id: accepted.runId,
        session_key: accepted.sessionKey,
        chat_id: accepted.chatId,
        duplicate: accepted.duplicate,
      } as const;
    },
  );
  return [send, sendStream];
}

/** The run waits for a person; it goes on after the answer. */
async function questionOf(services: HttpServices, accepted: AcceptedTurn, approvalId: string): Promise<Sent> {
  const record = await services.repositories.approvals.find(approvalId);
  if (record === undefined) throw approvalErrors.create('NOT_FOUND', 'approval not found');
  return {
    ok: true,
    session_key: accepted.sessionKey,
    chat_id: accepted.chatId,
    run_id: accepted.runId,
    response: services.presenter.card(record),
    aborted: false,
    state: 'approval_required',
    approval: toApprovalBody(record, services.presenter),
  };
}

function answerOf(accepted: AcceptedTurn, end: TerminalEvent): Sent {
  const facts = {
    ok: true,
    session_key: accepted.sessionKey,
    chat_id: accepted.chatId,
    run_id: accepted.runId,
    approval: null,
  } as const;
  switch (end.kind) {
    case 'done':
      return { ...facts, response: end.response, aborted: false, state: 'done' };
    case 'aborted':
      return { ...facts, response: end.text ?? STOPPED_TEXT, aborted: true, state: 'aborted' };
    case 'error':
      throw httpErrors.create('RUN_FAILED', end.message, {
        ...(end.hint === null ? {} : { hint: end.hint }),
        data: { code: end.code, runId: end.runId },
      });
    default:
      return end satisfies never;
  }
}
