/** Who makes a request, after authentication. */
import type { Actor } from '../../core/actor.ts';
import { OPERATOR_SCOPES, type OperatorScope, scopesAllow } from '../../security/access/api-key.ts';

interface IdentityBase {
  /** `actor.id` is the owner of runs, the key of limits and the name in the audit log; free of secrets. */
  readonly actor: Actor;
  readonly scopes: ReadonlySet<string>;
}

export type Identity = IdentityBase &
  (
    | { readonly kind: 'api_key'; readonly keyId: number }
    | {
        readonly kind: 'session';
        /** SHA-256 hex of the cookie's value. */
        readonly sessionId: string;
        readonly csrfHash: string;
      }
    | { readonly kind: 'legacy_token' }
    | { readonly kind: 'hook_token' }
    | { readonly kind: 'local' }
  );

const ALL_SCOPES: ReadonlySet<string> = new Set(OPERATOR_SCOPES);
/** Digits of a session's hash that stand for it in logs. */
const SESSION_ID_DIGITS = 12;

/** A caller on the control socket. */
export const LOCAL_IDENTITY: Identity = {
  kind: 'local',
  actor: { kind: 'local', id: 'cli' },
  scopes: ALL_SCOPES,
};

/** The bearer of the configured legacy token. */
export const LEGACY_TOKEN_IDENTITY: Identity = {
  kind: 'legacy_token',
  actor: { kind: 'operator', id: 'legacy-token' },
  scopes: ALL_SCOPES,
};

/** A webhook: it holds no scope, so it sees nothing but the runs it started. */
export const HOOK_TOKEN_IDENTITY: Identity = {
  kind: 'hook_token',
  actor: { kind: 'hook', id: 'hook:token' },
  scopes: new Set(),
};

export function apiKeyIdentity(keyId: number, scopes: readonly string[]): Identity {
  return {
    kind: 'api_key',
    keyId,
    actor: { kind: 'api_key', id: apiKeyActorId(keyId) },
    scopes: new Set(scopes),
  };
}

export function sessionIdentity(sessionId: string, csrfHash: string): Identity {
  return {
    kind: 'session',
    sessionId,
    csrfHash,
    actor: { kind: 'operator', id: sessionActorId(sessionId) },
    scopes: ALL_SCOPES,
  };
}

export function apiKeyActorId(keyId: number): string {
  return `api-key:${keyId}`;
}

/** A short name of a login session; the cookie cannot be found from it. */
export function sessionActorId(sessionId: string): string {
  return `session:${sessionId.slice(0, SESSION_ID_DIGITS)}`;
}

export function allows(identity: Identity | undefined, scope: OperatorScope): boolean {
  return identity !== undefined && scopesAllow(identity.scopes, scope);
}

/** Whether the caller may see and stop a run: its owner or an administrator. */
export function mayAccessRun(identity: Identity, runActorId: string): boolean {
  return identity.actor.id === runActorId || identity.scopes.has('operator.admin');
}
