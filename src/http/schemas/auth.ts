/** Shapes of the authentication routes. */
import { z } from 'zod';
import { lazyObject } from '../../core/lazy-object.ts';
import { okObject } from './json-body.ts';

/** Longer passwords are refused before they are hashed. */
const passwordText = () => z.string().max(1024);

export const authStatusSchema = okObject(() => ({
  /** The caller has the read scope. */
  authenticated: z.boolean(),
  /** What the caller may do; empty for everybody else. */
  scopes: z.array(z.string()),
  has_password: z.boolean(),
  /** Always false: there is no default password. */
  using_default_password: z.boolean(),
}));

export const loginBodySchema = lazyObject(() => ({
  password: passwordText(),
  label: z.string().max(200).nullish().describe('Name of this login in the list of logins.'),
  remember_days: z.number().nullish().describe('Days until the login expires; 1–90, 30 when absent.'),
}));

export const loginSchema = okObject(() => ({
  expires_at: z.string(),
  csrf_token: z.string(),
  /** Names the login in `/api/auth/sessions`; not the cookie. */
  session_id: z.string(),
}));

export const setPasswordBodySchema = lazyObject(() => ({
  password: passwordText().describe('At least 8 characters after trimming.'),
}));

export const loginSessionSchema = lazyObject(() => ({
  session_id: z.string(),
  label: z.string().nullable(),
  created_at: z.string(),
  expires_at: z.string(),
  last_seen_at: z.string(),
  /** The login that asks. */
  current: z.boolean(),
}));

export const loginSessionsSchema = okObject(() => ({ sessions: z.array(loginSessionSchema) }));
export const revokedSchema = okObject(() => ({ revoked: z.boolean() }));
export const revokedCountSchema = okObject(() => ({ revoked: z.int() }));

const keyId = () => z.string().regex(/^\d{1,15}$/, 'must be an integer');

export const apiKeyParamsSchema = lazyObject(() => ({ id: keyId().transform(Number) }));
export const loginSessionParamsSchema = lazyObject(() => ({
  id: z.string().regex(/^[0-9a-f]{64}$/, 'must be a session id'),
}));

export const apiKeySchema = lazyObject(() => ({
  id: z.int(),
  label: z.string(),
  prefix: z.string(),
  created_at: z.string(),
  revoked_at: z.string().nullable(),
  expires_at: z.string().nullable(),
  last_used_at: z.string().nullable(),
  rotated_from_key_id: z.int().nullable(),
  scopes: z.array(z.string()),
}));

export const apiKeysSchema = okObject(() => ({ keys: z.array(apiKeySchema) }));

const expiresDays = () =>
  z.number().nullish().describe('Days until the key expires; 1–3650, never when absent.');

export const createApiKeyBodySchema = lazyObject(() => ({
  label: z.string().max(200),
  scopes: z.array(z.string()).max(32),
  expires_days: expiresDays(),
}));

export const rotateApiKeyBodySchema = lazyObject(() => ({
  label: z.string().max(200).nullish(),
  scopes: z.array(z.string()).max(32).nullish(),
  expires_days: expiresDays(),
}));

export const issuedApiKeySchema = okObject(() => ({
  id: z.int(),
  /** Shown once. */
  api_key: z.string(),
  prefix: z.string(),
  scopes: z.array(z.string()),
  expires_at: z.string().nullable(),
}));

export type AuthStatus = z.infer<typeof authStatusSchema>;
export type ApiKeyBody = z.infer<typeof apiKeySchema>;
export type IssuedApiKeyBody = z.infer<typeof issuedApiKeySchema>;
export type ApiKeysPage = z.infer<typeof apiKeysSchema>;
export type LoginSessionBody = z.infer<typeof loginSessionSchema>;
export type LoginSessionsPage = z.infer<typeof loginSessionsSchema>;
