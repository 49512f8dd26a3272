/** A place for one run within the limits of its session and its actor. */
import type { Context } from 'hono';
import { normalizeSessionKey } from '../../agent/sessions/session-key.ts';
import type { Identity } from '../auth/identity.ts';
import { httpErrors } from '../errors.ts';
import type { HttpEnv } from '../http-env.ts';
import { setRateLimitHeaders } from './rate-limit-headers.ts';
import type { RunLimiter, RunPermit } from './run-limiter.ts';

/**
 * The permit, to be released when the run ends. `undefined` for commands on this machine, which are not limited:
 * without a server they would not be either. Raises `MC_HTTP_RATE_LIMITED`.
 */
export function takeRunPermit(
  { runLimiter }: { readonly runLimiter: RunLimiter },
  context: Context<HttpEnv>,
  caller: Identity,
  sessionKey: string | null | undefined,
): RunPermit | undefined {
  if (caller.kind === 'local') return undefined;
  const admission = runLimiter.acquire(normalizeSessionKey(sessionKey), caller.actor.id);
  if (admission.kind === 'rejected') {
    setRateLimitHeaders(context, admission.window);
    const data = { retryAfterMs: admission.retryAfterMs };
    throw httpErrors.create('RATE_LIMITED', admission.reason, { data });
  }
  setRateLimitHeaders(context, admission.permit.window);
  return admission.permit;
}
