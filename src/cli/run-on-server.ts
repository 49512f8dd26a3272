/**
 * A turn of `microclaw run` on the server that owns the database, over its control socket.
 *
 * Invariants: the message is sent once, under an id of its own, however often the run is asked about; a stop of the
 * command stops the run; a question that somebody else answered first is not asked again.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { RunOnceOptions, RunOnceResult } from '../app/run-once.ts';
import { askServer, callServer } from './control-client.ts';

const accepted = z.object({ run_id: z.string(), chat_id: z.int() });
const question = z.object({
  response: z.string(),
  approval: z.object({
    approval_id: z.string(),
    tool: z.string(),
    expires_at: z.string(),
    reasons: z.array(z.object({ code: z.string() })),
  }),
});

type Turn = Pick<RunOnceOptions, 'prompt' | 'answer' | 'signal'> & { readonly sessionName: string };

const CONFLICT = 409;

/** `undefined` when no server runs. A failed turn is a result; rejects when the connection breaks. */
export async function runOnServer(socketPath: string, turn: Turn): Promise<RunOnceResult | undefined> {
  const body = {
    message: turn.prompt,
    session_key: `headless:${turn.sessionName}`,
    sender_name: 'cli',
    client_message_id: randomUUID(),
  };
  const started = await callServer(socketPath, { method: 'POST', path: '/api/send_stream', body });
  if (started.kind === 'not_running') return undefined;
  if (started.status >= 400) return { ok: false, error: String(started.body.error), chatId: 0 };
  const { run_id: runId, chat_id: chatId } = accepted.parse(started.body);
  const abort = () => askServer(socketPath, { method: 'POST', path: `/api/runs/${runId}/abort`, body: {} });
  for (;;) {
    try {
      // The same message again: it is answered with the run it started.
      const answer = await callServer(socketPath, {
        method: 'POST',
        path: '/api/send',
        body,
        signal: turn.signal,
      });
      if (answer.kind === 'not_running') return { ok: false, error: 'the server was stopped', chatId };
      if (answer.body.state !== 'approval_required') return toResult(answer.status, answer.body, chatId);
      await answerOn(socketPath, turn, question.parse(answer.body));
    } catch (error) {
      if (!turn.signal.aborted) throw error;
      await abort();
      return { ok: false, error: 'Current run aborted.', chatId };
    }
  }
}

async function answerOn(
  socketPath: string,
  { answer, signal }: Turn,
  { response: card, approval }: z.infer<typeof question>,
): Promise<void> {
  const { approval_id: approvalId, tool, expires_at: expiresAt, reasons } = approval;
  const reasonCodes = reasons.map(({ code }) => code);
  const decided = await answer({ approvalId, tool, card, reasonCodes, expiresAt }, signal);
  const sent = await callServer(socketPath, {
    method: 'POST',
    path: `/api/approvals/${encodeURIComponent(approvalId)}`,
    body: decided,
  });
  if (sent.kind === 'not_running' || sent.status < 400 || sent.status === CONFLICT) return;
  throw new Error(`the answer was not taken: ${String(sent.body.error)}`);
}

function toResult(status: number, body: Readonly<Record<string, unknown>>, chatId: number): RunOnceResult {
  if (status < 400 && body.aborted !== true) return { ok: true, response: String(body.response), chatId };
  return { ok: false, error: String(body.error ?? body.response), chatId };
}
