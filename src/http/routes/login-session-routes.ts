/** The operator's logins: list them, end one, end all others. */
import type { Identity } from '../auth/identity.ts';
import { sessionActorId } from '../auth/identity.ts';
import { defineRoute, type MountableRoute } from '../route.ts';
import {
  loginSessionParamsSchema,
  loginSessionsSchema,
  revokedCountSchema,
  revokedSchema,
} from '../schemas/auth.ts';
import type { HttpServices } from '../services.ts';

const ADMIN = { kind: 'scope', scope: 'operator.admin' } as const;

export function loginSessionRoutes(services: HttpServices): readonly MountableRoute[] {
  return [listRoute(services), endOneRoute(services), endOthersRoute(services)];
}

function listRoute({ repositories }: HttpServices): MountableRoute {
  return defineRoute(
    {
      method: 'get',
      paths: ['/api/auth/sessions'],
      summary: 'Live logins, newest first',
      tag: 'auth',
      access: ADMIN,
      response: loginSessionsSchema,
    },
    async ({ caller }) => {
      const current = sessionIdOf(caller);
      const sessions = await repositories.auth.listLiveSessions();
      return {
        ok: true,
        sessions: sessions.map((session) => ({
          session_id: session.sessionId,
          label: session.label,
          created_at: session.createdAt,
          expires_at: session.expiresAt,
          last_seen_at: session.lastSeenAt,
          current: session.sessionId === current,
        })),
      } as const;
    },
  );
}

function endOneRoute(services: HttpServices): MountableRoute {
  return defineRoute(
    {
      method: 'delete',
      paths: ['/api/auth/sessions/{id}'],
      summary: 'End one login',
      tag: 'auth',
      access: ADMIN,
      params: loginSessionParamsSchema,
      response: revokedSchema,
    },
    async ({ params, caller }) => {
      const revoked = await services.repositories.auth.revokeSession(params.id);
      services.credentials.forget();
      services.streams.endOf(sessionActorId(params.id));
      await services.audit.record({
        actor: caller.actor.id,
        action: 'auth.session.revoke',
        target: sessionActorId(params.id),
        status: revoked ? 'ok' : 'miss',
      });
      return { ok: true, revoked } as const;
    },
  );
}

function endOthersRoute(services: HttpServices): MountableRoute {
  return defineRoute(
    {
      method: 'delete',
      paths: ['/api/auth/sessions'],
      summary: 'End every login but the one that asks',
      tag: 'auth',
      access: ADMIN,
      response: revokedCountSchema,
    },
    async ({ caller }) => {
      const revoked = await services.repositories.auth.revokeAllSessions(sessionIdOf(caller));
      services.credentials.forget();
      services.streams.endWhere((actorId) => actorId.startsWith('session:') && actorId !== caller.actor.id);
      const detail = `${revoked} ended`;
      await services.audit.record({
        actor: caller.actor.id,
        action: 'auth.session.revoke_all',
        status: 'ok',
        detail,
      });
      return { ok: true, revoked } as const;
    },
  );
}

function sessionIdOf(caller: Identity): string | undefined {
  return caller.kind === 'session' ? caller.sessionId : undefined;
}
