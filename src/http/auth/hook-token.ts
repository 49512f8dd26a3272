/**
 * The token of webhooks (`channels.web.hooks_token`), which is no operator credential: it starts runs and follows those
 * it started, nothing else.
 *
 * Invariants: it is compared in constant time; operator keys and cookies do not stand for it.
 */
import type { Context } from 'hono';
import { routePath } from 'hono/route';
import { equalsConstantTime } from '../../security/access/constant-time.ts';
import type { AuditTrail } from '../audit-trail.ts';
import { httpErrors } from '../errors.ts';
import type { HttpEnv } from '../http-env.ts';
import { bearerToken } from './bearer-token.ts';
import type { ClientOf } from './client-address.ts';
import { HOOK_TOKEN_IDENTITY, type Identity } from './identity.ts';

const TOKEN_HEADERS = ['x-openclaw-token', 'x-microclaw-hook-token'] as const;

export class HookToken {
  readonly #token: string | undefined;
  readonly #audit: AuditTrail;
  readonly #clientOf: ClientOf;

  /** `token` is absent when none is configured. */
  constructor(token: string | undefined, audit: AuditTrail, clientOf: ClientOf) {
    this.#token = token;
    this.#audit = audit;
    this.#clientOf = clientOf;
  }

  /** The webhook, when the request carries its token. */
  identify(context: Context<HttpEnv>): Identity | undefined {
    const token = this.#token;
    if (token === undefined) return undefined;
    const presented = [
      bearerToken(context.req.header('authorization')),
      ...TOKEN_HEADERS.map((name) => context.req.header(name)?.trim()),
    ];
    const isKnown = presented.some((text) => text !== undefined && equalsConstantTime(text, token));
    return isKnown ? HOOK_TOKEN_IDENTITY : undefined;
  }

  /** The webhook. Rejects with `MC_HTTP_HOOKS_NOT_CONFIGURED` or `MC_HTTP_UNAUTHORIZED`. */
  async require(context: Context<HttpEnv>): Promise<Identity> {
    if (this.#token === undefined) {
      throw httpErrors.create(
        'HOOKS_NOT_CONFIGURED',
        'hooks token is not configured (set channels.web.hooks_token)',
      );
    }
    const identity = this.identify(context);
    if (identity !== undefined) return identity;
    const actor = this.#clientOf(context);
    await this.#audit.refused({ actor, action: 'hook.unauthorized', target: routePath(context) });
    context.env.headers.set('WWW-Authenticate', 'Bearer realm="microclaw hooks"');
    throw httpErrors.create('UNAUTHORIZED', 'unauthorized', {
      hint:
        'Send channels.web.hooks_token as `Authorization: Bearer …`, `x-openclaw-token` or `x-microclaw-hook-token`; ' +
        'operator keys and logins do not count here.',
    });
  }
}
