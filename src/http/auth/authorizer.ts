/**
 * Decides who makes a request and whether they may.
 *
 * Order: control socket; legacy bearer token; API key; login cookie. Without a password nobody but the first two gets
 * in. A bearer token that is no live key does not fail by itself: the cookie is tried next.
 */
import type { Context } from 'hono';
import { routePath } from 'hono/route';
import type { OperatorScope } from '../../security/access/api-key.ts';
import { equalsConstantTime } from '../../security/access/constant-time.ts';
import { csrfTokenMatches } from '../../security/access/csrf.ts';
import type { OperatorPassword } from '../../security/access/operator-password.ts';
import type { AuditTrail } from '../audit-trail.ts';
import { httpErrors } from '../errors.ts';
import type { HttpEnv } from '../http-env.ts';
import type { ApiKeyLimiter } from '../limits/api-key-limiter.ts';
import { setRateLimitHeaders } from '../limits/rate-limit-headers.ts';
import { bearerToken } from './bearer-token.ts';
import type { ClientOf } from './client-address.ts';
import type { Credentials } from './credentials.ts';
import type { HookToken } from './hook-token.ts';
import { allows, type Identity, LEGACY_TOKEN_IDENTITY, LOCAL_IDENTITY } from './identity.ts';
import { sessionCookie } from './login-cookies.ts';
import { isSafeMethod } from './origin-guard.ts';

export interface AuthorizerParts {
  readonly credentials: Credentials;
  readonly password: OperatorPassword;
  readonly apiKeyLimiter: ApiKeyLimiter;
  readonly audit: AuditTrail;
  readonly hookToken: HookToken;
  readonly clientOf: ClientOf;
}

export interface AuthorizerOptions {
  /** `web_auth_token`; absent when none is configured. */
  readonly legacyToken?: string | undefined;
}

export class Authorizer {
  readonly #parts: AuthorizerParts;
  readonly #options: AuthorizerOptions;

  constructor(parts: AuthorizerParts, options: AuthorizerOptions) {
    this.#parts = parts;
    this.#options = options;
  }

  /**
   * Who is asking, on routes that answer everybody: no error, no audit entry; a key over its limit counts as nobody.
   */
  async identify(context: Context<HttpEnv>): Promise<Identity | undefined> {
    const identity = await this.#resolve(context);
    if (identity?.kind !== 'api_key') return identity;
    return this.#parts.apiKeyLimiter.admit(identity.keyId).admitted ? identity : undefined;
  }

  /**
   * The caller, who holds the scope. Rejects with `MC_HTTP_UNAUTHORIZED`, `_FORBIDDEN`, `_CSRF` or `_RATE_LIMITED`.
   */
  async require(context: Context<HttpEnv>, scope: OperatorScope): Promise<Identity> {
    const identity = await this.#resolve(context);
    if (identity === undefined) throw await this.#unauthorized(context, scope);
    if (identity.kind === 'api_key') await this.#limit(context, identity);
    if (identity.kind === 'session') await this.#requireCsrf(context, identity);
    if (allows(identity, scope)) return identity;
    await this.#parts.audit.refused({
      actor: identity.actor.id,
      action: 'api_key.scope_denied',
      target: `${scope} ${routePath(context)}`,
    });
    const held = [...identity.scopes].sort().join(', ');
    throw httpErrors.create('FORBIDDEN', 'forbidden', {
      hint: `This needs the scope ${scope}; the credential has ${held === '' ? 'none' : held}.`,
    });
  }

  /** A webhook with its token, on routes that only webhooks call. Rejects as `HookToken.require`. */
  requireHook(context: Context<HttpEnv>): Promise<Identity> {
    return this.#parts.hookToken.require(context);
  }

  /** As `require`, or a webhook with its token. */
  async requireOrHook(context: Context<HttpEnv>, scope: OperatorScope): Promise<Identity> {
    return this.#parts.hookToken.identify(context) ?? (await this.require(context, scope));
  }

  async #resolve(context: Context<HttpEnv>): Promise<Identity | undefined> {
    if (context.env.request.isLocal) return LOCAL_IDENTITY;
    const token = bearerToken(context.req.header('authorization'));
    const { legacyToken } = this.#options;
    if (token !== undefined && legacyToken !== undefined && equalsConstantTime(token, legacyToken)) {
      return LEGACY_TOKEN_IDENTITY;
    }
    const cookie = sessionCookie(context);
    if (token === undefined && cookie === undefined) return undefined;
    const { credentials, password } = this.#parts;
    if (!(await password.isSet())) return undefined;
    const byKey = token === undefined ? undefined : await credentials.findApiKey(token);
    if (byKey !== undefined || cookie === undefined) return byKey;
    return credentials.findSession(cookie);
  }

  async #limit(context: Context<HttpEnv>, identity: Identity & { readonly kind: 'api_key' }): Promise<void> {
    const { admitted, window } = this.#parts.apiKeyLimiter.admit(identity.keyId);
    setRateLimitHeaders(context, window);
    if (admitted) return;
    await this.#parts.audit.refused({
      actor: identity.actor.id,
      action: 'api_key.rate_limited',
      target: routePath(context),
    });
    throw httpErrors.create('RATE_LIMITED', 'rate limit exceeded', {
      data: { retryAfterMs: window.resetMs },
    });
  }

  async #requireCsrf(
    context: Context<HttpEnv>,
    identity: Identity & { readonly kind: 'session' },
  ): Promise<void> {
    if (isSafeMethod(context.req.method)) return;
    if (csrfTokenMatches(context.req.header('x-csrf-token'), identity.csrfHash)) return;
    await this.#parts.audit.refused({
      actor: identity.actor.id,
      action: 'auth.csrf_denied',
      target: routePath(context),
    });
    throw httpErrors.create('CSRF', 'missing or invalid csrf token');
  }

  async #unauthorized(context: Context<HttpEnv>, scope: OperatorScope) {
    // The route as declared: ids that a path carries are not for the audit log.
    await this.#parts.audit.refused({
      actor: this.#parts.clientOf(context),
      action: 'auth.unauthorized',
      target: routePath(context),
    });
    context.env.headers.set('WWW-Authenticate', 'Bearer realm="microclaw"');
    const hint = (await this.#parts.password.isSet()) ? missingCredential(context, scope) : NO_PASSWORD;
    return httpErrors.create('UNAUTHORIZED', 'unauthorized', { hint });
  }
}

const NO_PASSWORD =
  'No password is set yet: open the one-time link that the server printed, or run `microclaw web password <value>`.';

/** What was presented, if anything, and what is needed. Whether a key was ever valid is not told. */
function missingCredential(context: Context<HttpEnv>, scope: OperatorScope): string {
  const presented = [
    ...(bearerToken(context.req.header('authorization')) === undefined
      ? []
      : ['The bearer token is no live API key: it is unknown, expired or revoked.']),
    ...(sessionCookie(context) === undefined ? [] : ['The login of the cookie has ended.']),
  ];
  const needed = `Sign in, or send an API key with the scope ${scope} as \`Authorization: Bearer mk_…\`.`;
  return [...presented, needed].join(' ');
}
