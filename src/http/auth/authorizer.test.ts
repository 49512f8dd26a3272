import { afterEach, expect, test } from 'vitest';
import { HttpHarness } from '../../../test/support/http-harness.ts';
import { bearerToken } from './bearer-token.ts';

let http: HttpHarness;
afterEach(() => http.dispose());

test('no credential is 401, a key without the scope 403, the administrator’s key passes', async () => {
  http = await HttpHarness.create();
  const anonymous = await http.get('/api/sessions');
  expect([anonymous.status, anonymous.body.error]).toEqual([401, 'unauthorized']);
  expect(anonymous.body).toMatchObject({ ok: false, code: 'MC_HTTP_UNAUTHORIZED' });
  const writer = await http.get('/api/sessions', { key: await http.key('write') });
  expect([writer.status, writer.body.error]).toEqual([403, 'forbidden']);
  expect((await http.get('/api/sessions', { key: await http.key('admin') })).status).toBe(200);
});

test('a bearer token that is no live key leaves the decision to the cookie', async () => {
  http = await HttpHarness.create();
  const login = await http.login();
  expect((await http.get('/api/sessions', { login, key: 'mk_unknown' })).status).toBe(200);
});

test('a live key decides even beside a valid cookie', async () => {
  http = await HttpHarness.create();
  const login = await http.login();
  expect((await http.get('/api/sessions', { login, key: await http.key('write') })).status).toBe(403);
});

test('the configured legacy token has all scopes, also before a password is set', async () => {
  http = await HttpHarness.create({ password: null, http: { legacyToken: 'legacy-secret' } });
  expect((await http.get('/api/auth/api_keys', { key: 'legacy-secret' })).status).toBe(200);
  expect((await http.get('/api/sessions', { key: 'legacy-secret ' })).status).toBe(200);
  expect((await http.get('/api/sessions', { key: 'legacy-secre' })).status).toBe(401);
});

test('the control socket’s caller is a local administrator', async () => {
  http = await HttpHarness.create({ password: null });
  const answer = await http.post('/api/auth/api_keys', {
    local: true,
    body: { label: 'cli', scopes: ['operator.read'] },
  });
  expect(answer.status).toBe(200);
  expect(await http.auditLines()).toEqual(['operator auth.api_key.create ok cli']);
});

test('each key has its own request limit, on every route', async () => {
  http = await HttpHarness.create({ http: { apiKeyLimits: { maxRequests: 2, windowMs: 60_000 } } });
  const key = await http.key('read');
  await http.get('/api/sessions', { key });
  const second = await http.get('/api/runtime', { key });
  expect(second.headers.get('x-ratelimit-remaining')).toBe('0');
  const third = await http.get('/api/tools', { key });
  expect([third.status, third.body.error]).toEqual([429, 'rate limit exceeded']);
  expect(third.headers.get('retry-after')).toBe('60');
  expect((await http.get('/api/sessions', { key: await http.key('read') })).status).toBe(200);
  http.clock.advance(60_000);
  expect((await http.get('/api/sessions', { key })).status).toBe(200);
});

test('refusals are audited once a minute per caller, with a count', async () => {
  http = await HttpHarness.create();
  const key = await http.key('write');
  for (let attempt = 0; attempt < 30; attempt += 1) {
    await http.get('/api/sessions');
    await http.get('/api/sessions', { key });
  }
  expect(await http.auditLines()).toEqual([
    'auth auth.unauthorized deny unknown',
    'auth api_key.scope_denied deny api-key:1',
  ]);
  http.clock.advance(61_000);
  await http.get('/api/sessions');
  const [newest] = await http.agent.repositories.audit.list({ limit: 1 });
  expect(newest?.detail).toBe('29 more since the last entry');
});

test('the scheme of the authorization header is case-insensitive and the token trimmed', () => {
  expect(bearerToken('bEaReR   abc  ')).toBe('abc');
  expect(bearerToken('Basic abc')).toBeUndefined();
  expect(bearerToken('Bearer ')).toBeUndefined();
  expect(bearerToken(undefined)).toBeUndefined();
});

test('a refusal names the route, not the ids in its path, and missing csrf tokens are audited too', async () => {
  http = await HttpHarness.create();
  const { cookie, sessionId } = await http.login();
  await http.request('DELETE', `/api/auth/sessions/${sessionId}`);
  await http.request('DELETE', `/api/auth/sessions/${sessionId}`, { headers: { cookie } });
  const entries = await http.agent.repositories.audit.list({ limit: 2 });
  expect(entries.map(({ action, target }) => [action, target])).toEqual([
    ['auth.csrf_denied', '/api/auth/sessions/:id'],
    ['auth.unauthorized', '/api/auth/sessions/:id'],
  ]);
  expect(entries[0]?.actor).toBe(`session:${sessionId.slice(0, 12)}`);
  expect(JSON.stringify(entries)).not.toContain(sessionId);
});
