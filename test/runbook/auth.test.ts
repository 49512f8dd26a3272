/** The lines of the runbook about access, as an operator types them with curl. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiClient, PASSWORD, setUpOperator, signIn } from '../support/api-client.ts';
import {
  createHome,
  type MicroclawHome,
  type RunningMicroclaw,
  runMicroclaw,
  startMicroclaw,
} from '../support/microclaw-process.ts';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests read fields of many shapes
  readonly body: any;
}

let home: MicroclawHome;
let server: RunningMicroclaw;
let operator: ApiClient;

async function start(config: Readonly<Record<string, unknown>> = {}): Promise<void> {
  home = await createHome(config);
  server = await startMicroclaw(home);
  operator = await setUpOperator(server);
}

beforeEach(() => start());
afterEach(async () => {
  await server.stop();
  await home.dispose();
});

/** `curl -X METHOD -H … -d …`. */
async function curl(
  method: string,
  path: string,
  options: { readonly key?: string; readonly headers?: Record<string, string>; readonly body?: unknown } = {},
): Promise<Answer> {
  const { key, headers, body } = options;
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text.startsWith('{') ? JSON.parse(text) : text,
  };
}

async function createKey(...scopes: readonly string[]): Promise<{ id: number; key: string }> {
  const { body } = await operator.post('/api/auth/api_keys', {
    label: scopes.join(' '),
    scopes: scopes.map((scope) => `operator.${scope}`),
  });
  return { id: Number(body.id), key: String(body.api_key) };
}

function login(password: string, headers: Record<string, string> = {}): Promise<Answer> {
  return curl('POST', '/api/auth/login', { body: { password }, headers });
}

async function auditOf(action: string): Promise<Record<string, unknown>[]> {
  const { body } = await operator.get('/api/audit?limit=500');
  return (body.logs as Record<string, unknown>[]).filter((entry) => entry.action === action);
}

describe('a 401 or 403', () => {
  it('without a credential says what to send and which scope it needs', async () => {
    const { status, body, headers } = await curl('GET', '/api/auth/api_keys');
    expect([status, body.error, body.code]).toEqual([401, 'unauthorized', 'MC_HTTP_UNAUTHORIZED']);
    expect(body.hint).toBe(
      'Sign in, or send an API key with the scope operator.admin as `Authorization: Bearer mk_…`.',
    );
    expect(headers.get('www-authenticate')).toContain('Bearer');
  });

  it('with a key that is unknown or revoked says so, without telling which', async () => {
    const { id, key } = await createKey('read');
    expect((await curl('GET', '/api/sessions', { key })).status).toBe(200);
    await curl('DELETE', `/api/auth/api_keys/${id}`, { key: (await createKey('admin')).key });
    const revoked = await curl('GET', '/api/sessions', { key });
    const unknown = await curl('GET', '/api/sessions', { key: `mk_${'0'.repeat(32)}` });
    expect(revoked.status).toBe(401);
    expect(revoked.body).toEqual(unknown.body);
    expect(revoked.body.hint).toContain('unknown, expired or revoked');
  });

  it('with a key that lacks the scope names the scope and what the key has', async () => {
    const { key } = await createKey('read', 'write');
    const { status, body } = await curl('GET', '/api/auth/api_keys', { key });
    expect([status, body.error]).toEqual([403, 'forbidden']);
    expect(body.hint).toBe(
      'This needs the scope operator.admin; the credential has operator.read, operator.write.',
    );
  });

  it('for a login without its CSRF token names the header', async () => {
    const { cookie } = operator.headers();
    const { status, body } = await curl('POST', '/api/send', {
      headers: { cookie: String(cookie) },
      body: { message: 'hi' },
    });
    expect([status, body.error]).toEqual([403, 'missing or invalid csrf token']);
    expect(body.hint).toContain('x-csrf-token');
    const { session_key } = (await operator.post('/api/send', { message: 'hi' })).body;
    expect(session_key).toBe('main');
  });

  it('comes before the body is looked at', async () => {
    const { status } = await curl('POST', '/api/send', { headers: { 'content-type': 'text/plain' } });
    expect(status).toBe(401);
  });
});

describe('scopes', () => {
  it.each([
    ['GET', '/api/sessions', 'read'],
    ['GET', '/api/config/self_check', 'read'],
    ['GET', '/api/hooks', 'read'],
    ['POST', '/api/send', 'write'],
    ['POST', '/api/reset', 'approvals'],
    ['GET', '/api/audit', 'admin'],
    ['GET', '/api/auth/api_keys', 'admin'],
    ['GET', '/api/auth/sessions', 'admin'],
  ])('%s %s needs operator.%s, which no other scope but admin stands for', async (method, path, needed) => {
    const body = method === 'POST' ? { message: 'hi', session_key: 'scopes' } : undefined;
    const statusWith = async (scope: string) => {
      const { key } = await createKey(scope);
      return (await curl(method, path, { key, body })).status;
    };
    for (const scope of ['read', 'write', 'approvals', 'admin']) {
      const expected = scope === needed || scope === 'admin' ? 200 : 403;
      expect([scope, await statusWith(scope)]).toEqual([scope, expected]);
    }
  });
});

describe('API keys', () => {
  it('are created with clean scopes and a bounded life, and shown once', async () => {
    const { key } = await createKey('admin');
    const { body } = await curl('POST', '/api/auth/api_keys', {
      key,
      body: { label: 'x', scopes: [' operator.read ', 'operator.read'], expires_days: 5000 },
    });
    expect(body.api_key).toMatch(/^mk_[0-9a-f]{32}$/);
    expect(body.scopes).toEqual(['operator.read']);
    const days = (Date.parse(body.expires_at) - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(3650);
    const list = await curl('GET', '/api/auth/api_keys', { key });
    expect(JSON.stringify(list.body)).not.toContain(body.api_key);
    expect(list.body.keys[0]).toMatchObject({ label: 'x', revoked_at: null, last_used_at: null });
    const invalid = await curl('POST', '/api/auth/api_keys', { key, body: { label: 'x', scopes: ['root'] } });
    expect([invalid.status, invalid.body.error]).toEqual([400, 'invalid scope']);
  });

  it('are rotated: the old secret ends at once and cannot be rotated again', async () => {
    const old = await createKey('read', 'write');
    const rotated = await operator.post(`/api/auth/api_keys/${old.id}/rotate`, {});
    expect((await curl('GET', '/api/sessions', { key: old.key })).status).toBe(401);
    expect((await curl('GET', '/api/sessions', { key: String(rotated.body.api_key) })).status).toBe(200);
    const { body } = await operator.get('/api/auth/api_keys');
    const keys = body.keys as Record<string, unknown>[];
    expect(keys.find(({ id }) => id === rotated.body.id)).toMatchObject({ rotated_from_key_id: old.id });
    expect(keys.find(({ id }) => id === old.id)?.revoked_at).toEqual(expect.any(String));
    const again = await operator.post(`/api/auth/api_keys/${old.id}/rotate`, {});
    expect([again.status, again.body.error]).toEqual([409, 'api key is revoked']);
  });

  it('that ask too often wait, with the time in Retry-After', async () => {
    await server.stop();
    await home.dispose();
    await start({ channels: { web: { api_key_max_requests_per_window: 10 } } });
    const { key } = await createKey('read');
    const statuses: number[] = [];
    for (let request = 0; request < 11; request += 1) {
      statuses.push((await curl('GET', '/api/sessions', { key })).status);
    }
    expect(statuses).toEqual([...Array(10).fill(200), 429]);
    const { headers, body } = await curl('GET', '/api/sessions', { key });
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(headers.get('x-ratelimit-limit')).toBe('10');
    expect(headers.get('x-ratelimit-remaining')).toBe('0');
    expect(body.hint).toContain('Retry-After');
    expect(await auditOf('api_key.rate_limited')).toHaveLength(1);
  });
});

describe('logging in', () => {
  it('with five wrong passwords locks that client for a while, and no credential in use', async () => {
    const answers: Answer[] = [];
    for (let attempt = 0; attempt < 6; attempt += 1) answers.push(await login('not-the-password'));
    expect(answers.map(({ status, body }) => `${status} ${body.error}`)).toEqual([
      ...Array(5).fill('401 invalid credentials'),
      '429 too many login attempts',
    ]);
    expect(Number(answers[5]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(answers[5]?.headers.get('x-ratelimit-limit')).toBe('5');
    expect(answers[5]?.body.hint).toContain('microclaw web password-generate');
    expect((await login(PASSWORD)).status).toBe(429);
    expect((await operator.get('/api/sessions')).status).toBe(200);
    const denied = await auditOf('auth.login');
    expect(denied.filter(({ status }) => status === 'deny')).toHaveLength(5);
    expect(JSON.stringify(denied)).not.toContain('not-the-password');
  });

  it('behind a proxy counts each client by itself, and ignores what clients claim', async () => {
    await server.stop();
    await home.dispose();
    await start({ channels: { web: { trust_x_forwarded_for: true } } });
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await login('wrong', { 'x-forwarded-for': `10.9.9.${attempt}, 203.0.113.7` });
    }
    const from = (client: string) => login(PASSWORD, { 'x-forwarded-for': client });
    expect((await from('198.51.100.1, 203.0.113.7')).status).toBe(429);
    expect((await from('203.0.113.8')).status).toBe(200);
  });

  it('ends with logging out, and every login is listed and can be ended', async () => {
    const other = await signIn(server.url);
    const { body } = await operator.get('/api/auth/sessions');
    expect(body.sessions).toMatchObject([{ current: false }, { current: true }]);
    const ended = await curl('DELETE', '/api/auth/sessions', { headers: operator.headers() });
    expect(ended.body).toEqual({ ok: true, revoked: 1 });
    expect((await other.get('/api/sessions')).status).toBe(401);
    expect((await operator.post('/api/auth/logout', {})).status).toBe(200);
    const after = await operator.get('/api/sessions');
    expect([after.status, String(after.body.hint)]).toEqual([401, expect.stringContaining('has ended')]);
  });
});

describe('the password', () => {
  it('is changed on a running server by the command line, and every login ends at once', async () => {
    const other = await signIn(server.url);
    const { code, stdout } = await runMicroclaw(home, ['web', 'password', 'a new password']);
    expect([code, stdout]).toEqual([0, 'Web password reset successfully.\nRevoked web sessions: 2\n']);
    for (const client of [operator, other]) expect((await client.get('/api/sessions')).status).toBe(401);
    expect((await login(PASSWORD)).status).toBe(401);
    expect((await login('a new password')).status).toBe(200);
  });

  it('is generated, printed once and works', async () => {
    const { stdout } = await runMicroclaw(home, ['web', 'password-generate']);
    const password = /New password: (mc-[0-9a-f]{6}-[0-9a-f]{6}!)/.exec(stdout)?.[1];
    expect((await login(String(password))).status).toBe(200);
  });

  it('is cleared, which leaves the one-time link as the only way in', async () => {
    const { key } = await createKey('admin');
    expect((await runMicroclaw(home, ['web', 'password-clear'])).code).toBe(0);
    const { status, body } = await curl('GET', '/api/sessions', { key });
    expect([status, body.hint]).toEqual([401, expect.stringContaining('one-time link')]);
    const guess = await curl('POST', '/api/auth/password', {
      headers: { 'x-bootstrap-token': 'guess' },
      body: { password: 'my own password' },
    });
    expect([guess.status, guess.body.error]).toEqual([401, 'invalid bootstrap token']);
  });

  it('that is too short is refused by both doors', async () => {
    const { code, stderr } = await runMicroclaw(home, ['web', 'password', 'short']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('password must be at least 8 chars')]);
    const answer = await operator.post('/api/auth/password', { password: 'short' });
    expect([answer.status, answer.body.error]).toEqual([400, 'password must be at least 8 chars']);
  });
});

describe('the server', () => {
  it('accepts the legacy token with every right, and says that it does', async () => {
    await server.stop();
    await home.dispose();
    const key = 'legacy-token-0123456789';
    await start({ web_auth_token: key });
    expect((await curl('GET', '/api/auth/api_keys', { key })).status).toBe(200);
    const { body } = await curl('GET', '/api/config/self_check', { key });
    expect(body.warnings).toContainEqual(expect.objectContaining({ code: 'legacy_auth_token_configured' }));
  });

  it('does not open itself beyond this machine without a password', async () => {
    await server.stop();
    const open = await createHome({ web_host: '0.0.0.0' });
    const { code, stderr } = await runMicroclaw(open, ['start']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('no password is set')]);
    await open.dispose();
  });

  it('writes no audit entry for anonymous health checks', async () => {
    const count = async () => ((await operator.get('/api/audit?limit=500')).body.logs as unknown[]).length;
    const before = await count();
    for (let probe = 0; probe < 100; probe += 1) await curl('GET', '/api/health');
    expect(await count()).toBe(before);
  });

  it('answers HEAD like GET without a body, and OPTIONS with the methods and no CORS header', async () => {
    const head = await curl('HEAD', '/api/health');
    expect([head.status, head.body, head.headers.get('content-type')]).toEqual([
      200,
      '',
      expect.stringContaining('application/json'),
    ]);
    expect((await curl('HEAD', '/api/sessions')).status).toBe(401);
    const preflight = await curl('OPTIONS', '/api/send', {
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    });
    expect([preflight.status, preflight.headers.get('allow')]).toEqual([405, 'POST']);
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('refuses a foreign Host header, so that no rebound name reaches it', async () => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket
      .setEncoding('utf8')
      .end('GET /api/health HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n');
    let text = '';
    socket.on('data', (chunk: string) => {
      text += chunk;
    });
    await once(socket, 'close');
    expect(text).toMatch(/^HTTP\/1\.1 403 /);
    expect(text).toContain('web_allowed_hosts');
  });
});
