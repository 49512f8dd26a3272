/** API keys: list, create, rotate, revoke. Revoking and rotating end the key's streams at once. */
import { issueApiKey, parseScopes } from '../../security/access/api-key.ts';
import type { ApiKeyRecord, NewApiKey } from '../../storage/repositories/api-key-repository.ts';
import { apiKeyActorId } from '../auth/identity.ts';
import { httpErrors } from '../errors.ts';
import { defineRoute, type MountableRoute } from '../route.ts';
import {
  type ApiKeyBody,
  apiKeyParamsSchema,
  apiKeysSchema,
  createApiKeyBodySchema,
  type IssuedApiKeyBody,
  issuedApiKeySchema,
  revokedSchema,
  rotateApiKeyBodySchema,
} from '../schemas/auth.ts';
import type { HttpServices } from '../services.ts';

const DAY_MS = 86_400_000;
const MAX_EXPIRES_DAYS = 3650;
const ADMIN = { kind: 'scope', scope: 'operator.admin' } as const;

export function apiKeyRoutes(services: HttpServices): readonly MountableRoute[] {
  return [listRoute(services), createRoute(services), rotateRoute(services), revokeRoute(services)];
}

function listRoute({ repositories }: HttpServices): MountableRoute {
  return defineRoute(
    {
      method: 'get',
      paths: ['/api/auth/api_keys'],
      summary: 'All API keys, revoked ones included, newest first',
      tag: 'auth',
      access: ADMIN,
      response: apiKeysSchema,
    },
    async () => ({ ok: true, keys: (await repositories.apiKeys.list()).map(toBody) }) as const,
  );
}

function createRoute(services: HttpServices): MountableRoute {
  return defineRoute(
    {
      method: 'post',
      paths: ['/api/auth/api_keys'],
      summary: 'Create an API key; the answer holds it once',
      tag: 'auth',
      access: ADMIN,
      body: createApiKeyBodySchema,
      response: issuedApiKeySchema,
    },
    async ({ body, caller }) => {
      const label = body.label.trim();
      if (label === '') throw httpErrors.create('INVALID_REQUEST', 'label is required');
      const draft = draftKey(services, label, body.scopes, body.expires_days);
      const created = await services.repositories.apiKeys.create(draft.row);
      const target = apiKeyActorId(created.id);
      const detail = draft.row.scopes.join(' ');
      await services.audit.record({
        actor: caller.actor.id,
        action: 'auth.api_key.create',
        target,
        status: 'ok',
        detail,
      });
      return issued(created, draft);
    },
  );
}

function rotateRoute(services: HttpServices): MountableRoute {
  return defineRoute(
    {
      method: 'post',
      paths: ['/api/auth/api_keys/{id}/rotate'],
      summary: 'Replace a live API key; the old one stops working at once',
      tag: 'auth',
      access: ADMIN,
      params: apiKeyParamsSchema,
      body: rotateApiKeyBodySchema,
      response: issuedApiKeySchema,
    },
    async ({ params, body, caller }) => {
      const old = await services.repositories.apiKeys.findById(params.id);
      if (old === undefined) throw keyNotFound();
      const label = body.label?.trim() || `${old.label} (rotated)`;
      const draft = draftKey(services, label, body.scopes ?? old.scopes, body.expires_days);
      const outcome = await services.repositories.apiKeys.rotate(old.id, draft.row);
      if (outcome.kind === 'not_found') throw keyNotFound();
      if (outcome.kind === 'already_revoked') {
        throw httpErrors.create('API_KEY_REVOKED', 'api key is revoked');
      }
      endKey(services, old.id);
      await services.audit.record({
        actor: caller.actor.id,
        action: 'auth.api_key.rotate',
        target: apiKeyActorId(old.id),
        status: 'ok',
        detail: `replaced by ${apiKeyActorId(outcome.key.id)}`,
      });
      return issued(outcome.key, draft);
    },
  );
}

function revokeRoute(services: HttpServices): MountableRoute {
  return defineRoute(
    {
      method: 'delete',
      paths: ['/api/auth/api_keys/{id}'],
      summary: 'Revoke an API key; repeating it changes nothing',
      tag: 'auth',
      access: ADMIN,
      params: apiKeyParamsSchema,
      response: revokedSchema,
    },
    async ({ params, caller }) => {
      const revoked = await services.repositories.apiKeys.revoke(params.id);
      endKey(services, params.id);
      await services.audit.record({
        actor: caller.actor.id,
        action: 'auth.api_key.revoke',
        target: apiKeyActorId(params.id),
        status: revoked ? 'ok' : 'miss',
      });
      return { ok: true, revoked } as const;
    },
  );
}

interface KeyDraft {
  readonly row: NewApiKey;
  readonly secret: string;
}

function draftKey(
  services: HttpServices,
  label: string,
  requestedScopes: readonly string[],
  expiresDays: number | null | undefined,
): KeyDraft {
  const parsed = parseScopes(requestedScopes);
  if (parsed.kind === 'empty') {
    throw httpErrors.create('INVALID_REQUEST', 'at least one scope is required');
  }
  if (parsed.kind === 'invalid') throw httpErrors.create('INVALID_REQUEST', 'invalid scope');
  const { key, hash, prefix } = issueApiKey(services.ids);
  const days = expiresDays ?? null;
  const lifetimeMs = days === null ? null : Math.min(Math.max(days, 1), MAX_EXPIRES_DAYS) * DAY_MS;
  const expiresAtMs = lifetimeMs === null ? null : services.clock.now() + lifetimeMs;
  return { row: { label, keyHash: hash, prefix, scopes: parsed.scopes, expiresAtMs }, secret: key };
}

function issued(record: ApiKeyRecord, draft: KeyDraft): IssuedApiKeyBody {
  return {
    ok: true,
    id: record.id,
    api_key: draft.secret,
    prefix: record.prefix,
    scopes: [...draft.row.scopes],
    expires_at: record.expiresAt,
  };
}

function endKey(services: HttpServices, keyId: number): void {
  services.credentials.forget();
  services.streams.endOf(apiKeyActorId(keyId));
}

function keyNotFound() {
  return httpErrors.create('API_KEY_NOT_FOUND', 'api key not found');
}

function toBody(key: ApiKeyRecord): ApiKeyBody {
  return {
    id: key.id,
    label: key.label,
    prefix: key.prefix,
    created_at: key.createdAt,
    revoked_at: key.revokedAt,
    expires_at: key.expiresAt,
    last_used_at: key.lastUsedAt,
    rotated_from_key_id: key.rotatedFromKeyId,
    scopes: [...key.scopes],
  };
}
