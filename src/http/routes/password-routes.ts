/**
 * The operator's password.
 *
 * Invariants: a new password ends every other login with its streams; the first one can be set only with the one-time
 * token, by the local administrator, or with the configured token; only the local administrator can remove it.
 */
import type { Context } from 'hono';
import type { Identity } from '../auth/identity.ts';
import { httpErrors } from '../errors.ts';
import type { HttpEnv } from '../http-env.ts';
import { defineRoute, type MountableRoute } from '../route.ts';
import { setPasswordBodySchema } from '../schemas/auth.ts';
import { okSchema } from '../schemas/json-body.ts';
import type { HttpServices } from '../services.ts';

const BOOTSTRAP_HEADER = 'x-bootstrap-token';
const OK = { ok: true } as const;

export function passwordRoutes(services: HttpServices): readonly MountableRoute[] {
  const set = defineRoute(
    {
      method: 'post',
      paths: ['/api/auth/password'],
      summary: 'Set the password; ends every other login',
      tag: 'auth',
      access: {
        kind: 'own',
        rule: 'operator.admin, or the one-time token in `x-bootstrap-token` while no password is set',
        check: (context) => requireAdminOrBootstrap(services, context),
      },
      body: setPasswordBodySchema,
      response: okSchema,
    },
    async ({ body, caller, context }) => {
      if (caller !== undefined) {
        await setPassword(services, body.password, caller);
        return OK;
      }
      const token = context.req.header(BOOTSTRAP_HEADER) ?? '';
      const done = await services.bootstrap.redeem(token, async () => {
        await setPassword(services, body.password, undefined);
        return OK;
      });
      if (done === undefined) throw invalidToken();
      return done;
    },
  );
  const clear = defineRoute(
    {
      method: 'delete',
      paths: ['/api/auth/password'],
      summary: 'Remove the password and end all logins; control socket only',
      tag: 'auth',
      access: { kind: 'scope', scope: 'operator.admin' },
      response: okSchema,
    },
    async ({ caller }) => {
      if (caller.kind !== 'local') {
        const hint = 'Run `microclaw web password-clear` on the machine itself.';
        throw httpErrors.create('FORBIDDEN', 'forbidden', { hint });
      }
      await services.password.clear();
      endLogins(services, undefined);
      await services.audit.record({ actor: caller.actor.id, action: 'auth.clear_password', status: 'ok' });
      services.onBootstrapToken(services.bootstrap.issue());
      return OK;
    },
  );
  return [set, clear];
}

async function requireAdminOrBootstrap(
  services: HttpServices,
  context: Context<HttpEnv>,
): Promise<Identity | undefined> {
  const isSet = await services.password.isSet();
  const presented = context.req.header(BOOTSTRAP_HEADER);
  const privileged = context.env.request.isLocal || context.req.header('authorization') !== undefined;
  if (isSet || (privileged && presented === undefined)) {
    return services.authorizer.require(context, 'operator.admin');
  }
  if (presented === undefined || presented.trim() === '') {
    throw httpErrors.create('BOOTSTRAP_TOKEN', 'missing bootstrap token');
  }
  if (!services.bootstrap.matches(presented)) {
    const actor = services.clientOf(context);
    await services.audit.refused({ actor, action: 'auth.bootstrap_denied', target: context.req.path });
    throw invalidToken();
  }
  return undefined;
}

async function setPassword(
  services: HttpServices,
  password: string,
  caller: Identity | undefined,
): Promise<void> {
  const keepSessionId = caller?.kind === 'session' ? caller.sessionId : undefined;
  if ((await services.password.set(password, { keepSessionId })) === 'too_short') {
    throw httpErrors.create('INVALID_REQUEST', 'password must be at least 8 chars');
  }
  services.bootstrap.revoke();
  endLogins(services, caller);
  const actor = caller?.actor.id ?? 'bootstrap-token';
  await services.audit.record({ actor, action: 'auth.set_password', status: 'ok' });
}

/** Forgets every login but the caller's and ends its streams; the database has revoked them already. */
function endLogins(services: HttpServices, keep: Identity | undefined): void {
  services.credentials.forget();
  services.streams.endWhere((actorId) => actorId.startsWith('session:') && actorId !== keep?.actor.id);
}

function invalidToken() {
  return httpErrors.create('BOOTSTRAP_TOKEN', 'invalid bootstrap token');
}
