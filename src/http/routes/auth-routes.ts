/** Sign in and sign out. */
import type { Context } from 'hono';
import { formatTimestamp } from '../../core/clock.ts';
import { OPERATOR_SCOPES } from '../../security/access/api-key.ts';
import { sha256Hex } from '../../security/access/constant-time.ts';
import { issueCsrfToken } from '../../security/access/csrf.ts';
import { allows, sessionActorId } from '../auth/identity.ts';
import { clearLoginCookies, sessionCookie, setLoginCookies } from '../auth/login-cookies.ts';
import { httpErrors } from '../errors.ts';
import type { HttpEnv } from '../http-env.ts';
import { setRateLimitHeaders } from '../limits/rate-limit-headers.ts';
import { defineRoute, type MountableRoute } from '../route.ts';
import { authStatusSchema, loginBodySchema, loginSchema } from '../schemas/auth.ts';
import { okSchema } from '../schemas/json-body.ts';
import type { HttpServices } from '../services.ts';

const DAY_MS = 86_400_000;
const DEFAULT_REMEMBER_DAYS = 30;
const MAX_REMEMBER_DAYS = 90;
const OK = { ok: true } as const;

export function authRoutes(services: HttpServices): readonly MountableRoute[] {
  return [statusRoute(services), loginRoute(services), logoutRoute(services)];
}

function statusRoute({ password }: HttpServices): MountableRoute {
  return defineRoute(
    {
      method: 'get',
      paths: ['/api/auth/status'],
      summary: 'Whether the caller is signed in and whether a password is set',
      tag: 'auth',
      access: { kind: 'optional' },
      response: authStatusSchema,
    },
    async ({ caller }) => ({
      ...OK,
      authenticated: allows(caller, 'operator.read'),
      scopes: OPERATOR_SCOPES.filter((scope) => allows(caller, scope)),
      has_password: await password.isSet(),
      using_default_password: false,
    }),
  );
}

function loginRoute(services: HttpServices): MountableRoute {
  return defineRoute(
    {
      method: 'post',
      paths: ['/api/auth/login'],
      summary: 'Sign in with the password; sets two cookies',
      tag: 'auth',
      access: { kind: 'public' },
      body: loginBodySchema,
      response: loginSchema,
    },
    async ({ body, context }) => {
      await checkPassword(services, context, body.password);
      const days = clampDays(body.remember_days ?? DEFAULT_REMEMBER_DAYS);
      const expiresAtMs = services.clock.now() + days * DAY_MS;
      const cookie = services.ids.uuid();
      const csrf = issueCsrfToken(services.ids);
      const sessionId = sha256Hex(cookie);
      const label = body.label?.trim() || null;
      await services.repositories.auth.createSession({ sessionId, csrfHash: csrf.hash, label, expiresAtMs });
      setLoginCookies(context, { session: cookie, csrf: csrf.token, expiresAtMs });
      const target = sessionActorId(sessionId);
      await services.audit.record({ actor: 'login', action: 'auth.login', target, status: 'ok' });
      const expiresAt = formatTimestamp(expiresAtMs);
      return { ...OK, expires_at: expiresAt, csrf_token: csrf.token, session_id: sessionId };
    },
  );
}

/** Rejects unless the password is right and the client may try. */
async function checkPassword(
  services: HttpServices,
  context: Context<HttpEnv>,
  password: string,
): Promise<void> {
  const client = services.clientOf(context);
  const admission = services.throttle.admit(client);
  if (admission.kind === 'locked') {
    await services.audit.refused({ actor: client, action: 'auth.login_throttled', target: context.req.path });
    const { retryAfterMs } = admission;
    const limit = services.options.loginThrottle.maxFailures;
    setRateLimitHeaders(context, { limit, remaining: 0, resetMs: retryAfterMs });
    const data = { retryAfterMs };
    throw httpErrors.create('LOGIN_THROTTLED', 'too many login attempts', { data });
  }
  const verdict = await services.password.verify(password);
  switch (verdict) {
    case 'match':
      admission.succeeded();
      return;
    case 'not_set':
      admission.succeeded();
      throw httpErrors.create('PASSWORD_NOT_CONFIGURED', 'password is not configured');
    case 'busy':
      admission.notTried();
      throw httpErrors.create('RATE_LIMITED', 'too many logins at once', { data: { retryAfterMs: 1000 } });
    case 'unreadable':
      services.logger.error({}, 'the stored password hash is unreadable; set a new password');
      break;
    case 'mismatch':
      break;
    default:
      verdict satisfies never;
  }
  await services.audit.loginFailed(client);
  throw httpErrors.create('INVALID_CREDENTIALS', 'invalid credentials');
}

function logoutRoute(services: HttpServices): MountableRoute {
  return defineRoute(
    {
      method: 'post',
      paths: ['/api/auth/logout'],
      summary: 'Sign out; never fails',
      tag: 'auth',
      access: { kind: 'public' },
      response: okSchema,
    },
    async ({ context }) => {
      const cookie = sessionCookie(context);
      clearLoginCookies(context);
      if (cookie === undefined) return OK;
      const sessionId = sha256Hex(cookie);
      try {
        await services.repositories.auth.revokeSession(sessionId);
      } catch (error) {
        // The cookies are gone in any case; the session ends at its expiry.
        services.logger.error({ err: error }, 'a login session could not be revoked');
      }
      services.credentials.forget();
      services.streams.endOf(sessionActorId(sessionId));
      return OK;
    },
  );
}

function clampDays(days: number): number {
  return Math.min(Math.max(days, 1), MAX_REMEMBER_DAYS);
}
