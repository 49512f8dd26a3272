/**
 * Turns a posted message into a run: checks it, takes a permit of the run limiter, finds or creates the chat, submits.
 *
 * Invariants: a refused request creates no chat and uses no quota; the permit is released when the run ends or
 * begins to wait for a person, whoever follows it.
 */
import type { Context } from 'hono';
import { sessionErrors } from '../../agent/sessions/errors.ts';
import type { AcceptedTurn } from '../../agent/turn-service-port.ts';
import { allows, type Identity, mayAccessRun } from '../auth/identity.ts';
import { httpErrors } from '../errors.ts';
import type { HttpEnv } from '../http-env.ts';
import type { RunPermit } from '../limits/run-limiter.ts';
import { takeRunPermit } from '../limits/run-permit.ts';
import type { SendBody } from '../schemas/runs.ts';
import type { HttpServices } from '../services.ts';

const DEFAULT_SENDER = 'web-user';
/** The name of webhooks in `tool_policy.grants`. */
const HOOK_PRINCIPAL = 'hook';

/**
 * Rejects with `MC_HTTP_INVALID_REQUEST`, `_RATE_LIMITED`, `_FORBIDDEN`, `MC_SESSION_READ_ONLY` or what the agent
 * refuses with.
 */
export async function startRun(
  services: HttpServices,
  context: Context<HttpEnv>,
  caller: Identity,
  body: SendBody,
): Promise<AcceptedTurn> {
  const text = body.message.trim();
  if (text === '') throw httpErrors.create('INVALID_REQUEST', 'message is required');
  const permit = takeRunPermit(services, context, caller, body.session_key);
  try {
    const accepted = await submit(services, caller, body, text).catch((error: unknown) => {
      if (!sessionErrors.is(error, 'NOT_FOUND')) throw error;
      // The chat was deleted after it was found: the message begins a new one.
      return submit(services, caller, body, text);
    });
    if (accepted.duplicate) {
      await requireOwn(services, caller, accepted.runId);
      permit?.cancel();
    } else if (permit !== undefined) releaseAtEnd(services, accepted.runId, permit);
    return accepted;
  } catch (error) {
    permit?.cancel();
    throw error;
  }
}

async function submit(
  services: HttpServices,
  caller: Identity,
  body: SendBody,
  text: string,
): Promise<AcceptedTurn> {
  const { chat, sessionKey } = await findTarget(services, caller, body.session_key);
  const messageId = body.client_message_id?.trim() ?? '';
  return services.turns.submit({
    chat,
    sessionKey,
    actor: caller.actor,
    mayApprove: allows(caller, 'operator.approvals'),
    senderName: body.sender_name?.trim() || DEFAULT_SENDER,
    text,
    ...(messageId === '' ? {} : { platformMessageId: messageId }),
    ...(caller.kind === 'hook_token' ? { principal: HOOK_PRINCIPAL } : {}),
  });
}

/** Whoever repeats an id that somebody else has used must not be answered with that caller's run. */
async function requireOwn(services: HttpServices, caller: Identity, runId: string): Promise<void> {
  const run = await services.turns.find(runId);
  if (run === undefined || mayAccessRun(caller, run.actorId)) return;
  throw httpErrors.create('FORBIDDEN', 'forbidden', {
    hint: 'Another caller has sent a message with this client_message_id in this session; use a new id.',
  });
}

/** Commands on this machine may also talk in the terminal's own conversations, `headless:<name>`. */
function findTarget(services: HttpServices, caller: Identity, sessionKey: SendBody['session_key']) {
  const name = /^headless:(.+)$/.exec(sessionKey?.trim() ?? '')?.[1];
  if (caller.kind === 'local' && name !== undefined) return services.directory.ensureHeadless(name);
  return services.directory.ensureWritable(sessionKey);
}

function releaseAtEnd(services: HttpServices, runId: string, permit: RunPermit): void {
  services.turns.waitForPause(runId).then(
    () => permit.release(),
    (error: unknown) => {
      permit.release();
      services.logger.warn({ runId, err: error }, 'the end of a run could not be observed');
    },
  );
}
