import { afterEach, beforeEach, expect, test } from 'vitest';
import { HttpHarness, TEST_PASSWORD } from '../../../test/support/http-harness.ts';

const DAY_MS = 86_400_000;

let http: HttpHarness;
beforeEach(async () => {
  http = await HttpHarness.create();
});
afterEach(() => http.dispose());

function daysUntil(timestamp: string): number {
  return Math.round((Date.parse(timestamp) - Date.now()) / DAY_MS);
}

const login = (body: object = {}, headers: Record<string, string> = {}) =>
  http.post('/api/auth/login', { body: { password: TEST_PASSWORD, ...body }, headers });

test('signing in sets two cookies, of which scripts cannot read the session', async () => {
  const answer = await login();
  expect(answer.status).toBe(200);
  expect(daysUntil(answer.body.expires_at)).toBe(30);
  const [session, csrf] = answer.headers.getSetCookie();
  expect(session).toMatch(/^mc_session=[0-9a-f-]{36}; HttpOnly; Path=\/; SameSite=Strict; Expires=.* GMT$/);
  expect(csrf).toMatch(/^mc_csrf=[0-9a-f-]{36}; Path=\/; SameSite=Strict; Expires=.* GMT$/);
  expect(csrf).toContain(answer.body.csrf_token);
  expect(session).not.toContain(answer.body.session_id);
});

test('the days to remember are clamped to 1–90', async () => {
  expect(daysUntil((await login({ remember_days: 500 })).body.expires_at)).toBe(90);
  expect(daysUntil((await login({ remember_days: -3 })).body.expires_at)).toBe(1);
});

test('cookies carry Secure when the browser came by https', async () => {
  for (const headers of [{ 'x-forwarded-proto': 'https' }, { referer: 'https://localhost/x' }]) {
    const cookies = (await login({}, headers)).headers.getSetCookie();
    expect(cookies.every((cookie) => cookie.endsWith('; Secure'))).toBe(true);
  }
});

test('five wrong passwords are refused one by one and the sixth attempt must wait', async () => {
  const answers = [];
  for (let attempt = 0; attempt < 6; attempt += 1) answers.push(await login({ password: 'wrong' }));
  expect(answers.map(({ status, body }) => `${status} ${body.error}`)).toEqual([
    ...Array(5).fill('401 invalid credentials'),
    '429 too many login attempts',
  ]);
  const retryAfter = Number(answers[5]?.headers.get('retry-after'));
  expect(retryAfter).toBeGreaterThan(0);
  expect(retryAfter).toBeLessThanOrEqual(60);
  expect((await login()).status).toBe(429);
  http.clock.advance(60_000);
  expect((await login()).status).toBe(200);
});

test('strangers cannot have a large body held for them, and people with a credential can', async () => {
  const large = 'x'.repeat(20_000);
  const stranger = await login({ label: large });
  expect([stranger.status, stranger.body.code]).toEqual([413, 'MC_HTTP_BODY_TOO_LARGE']);
  expect((await login({ unknown: 'x'.repeat(10_000) })).status).toBe(200);
  const body = { message: large };
  expect((await http.post('/api/send', { key: await http.key('write'), body })).status).toBe(200);
});

test('failed and successful logins are audited', async () => {
  await login({ password: 'wrong' });
  await login();
  expect(await http.auditLines()).toEqual(['operator auth.login deny login', 'operator auth.login ok login']);
});

test('a login cookie gives every scope; unsafe methods need the CSRF token of that login', async () => {
  const mine = await http.login();
  const other = await http.login();
  const send = (csrf: string | undefined) =>
    http.post('/api/send', {
      body: { message: 'hi' },
      headers: { cookie: mine.cookie, ...(csrf === undefined ? {} : { 'x-csrf-token': csrf }) },
    });
  for (const csrf of [undefined, 'x', other.csrf]) {
    const answer = await send(csrf);
    expect([answer.status, answer.body.error]).toEqual([403, 'missing or invalid csrf token']);
  }
  const answer = await send(mine.csrf);
  expect([answer.status, answer.body.session_key]).toEqual([200, 'main']);
});

test('reading with an administrator’s scope needs no CSRF token', async () => {
  const { cookie } = await http.login();
  expect((await http.get('/api/auth/api_keys', { headers: { cookie } })).status).toBe(200);
});

test('the status tells who is signed in', async () => {
  const anonymous = {
    ok: true,
    authenticated: false,
    has_password: true,
    scopes: [],
    using_default_password: false,
  };
  expect((await http.get('/api/auth/status')).body).toEqual(anonymous);
  const signedIn = await http.get('/api/auth/status', { login: await http.login() });
  expect(signedIn.body.authenticated).toBe(true);
});

test('signing out ends the session at once and clears both cookies', async () => {
  const session = await http.login();
  expect((await http.get('/api/sessions', { login: session })).status).toBe(200);
  const answer = await http.post('/api/auth/logout', { headers: { cookie: session.cookie } });
  expect(answer.status).toBe(200);
  expect(answer.headers.getSetCookie().every((cookie) => cookie.includes('Max-Age=0'))).toBe(true);
  expect((await http.get('/api/sessions', { login: session })).status).toBe(401);
});

test('signing out without a session is no error', async () => {
  expect((await http.post('/api/auth/logout')).status).toBe(200);
});

test('an expired login is refused, also while it is remembered', async () => {
  const session = await http.login({ remember_days: 1 });
  http.clock.advance(DAY_MS - 5000);
  expect((await http.get('/api/sessions', { login: session })).status).toBe(200);
  http.clock.advance(6000);
  expect((await http.get('/api/sessions', { login: session })).status).toBe(401);
});

test('a page of another site can neither sign the browser in nor use its cookies', async () => {
  const crossSite = { 'sec-fetch-site': 'cross-site' };
  expect((await login({}, crossSite)).body.error).toBe('cross-site request refused');
  const session = await http.login();
  const answer = await http.post('/api/send', {
    body: { message: 'hi' },
    login: session,
    headers: { origin: 'https://evil.example' },
  });
  expect(answer.status).toBe(403);
});

test('a request for a foreign host name is refused before anything else', async () => {
  const answer = await http.get('/api/health', { headers: { host: 'rebound.example:10961' } });
  expect([answer.status, answer.body.code]).toEqual([403, 'MC_HTTP_HOST_NOT_ALLOWED']);
});
