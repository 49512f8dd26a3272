import { afterEach, expect, test } from 'vitest';
import { HttpHarness, TEST_PASSWORD } from '../../../test/support/http-harness.ts';

let http: HttpHarness;
afterEach(() => http.dispose());

const NEW = 'new-passw0rd';
const canSignIn = async (password: string) =>
  (await http.post('/api/auth/login', { body: { password } })).status === 200;

test('without a password everything is refused but the first password, set with the one-time token', async () => {
  http = await HttpHarness.create({ password: null });
  const token = await http.app.bootstrapToken();
  expect(token).toMatch(/^[0-9a-f-]{36}$/);
  expect((await http.get('/api/sessions')).status).toBe(401);
  const login = await http.post('/api/auth/login', { body: { password: NEW } });
  expect([login.status, login.body.error]).toEqual([400, 'password is not configured']);

  const set = (headers: Record<string, string>, password = NEW) =>
    http.post('/api/auth/password', { body: { password }, headers });
  expect((await set({})).body.error).toBe('missing bootstrap token');
  expect((await set({ 'x-bootstrap-token': 'guess' })).body.error).toBe('invalid bootstrap token');
  const short = await set({ 'x-bootstrap-token': token ?? '' }, ' seven77 ');
  expect([short.status, short.body.error]).toEqual([400, 'password must be at least 8 chars']);
  expect((await set({ 'x-bootstrap-token': token ?? '' })).status).toBe(200);

  expect(await canSignIn(NEW)).toBe(true);
  expect(await http.app.bootstrapToken()).toBeNull();
  expect((await set({ 'x-bootstrap-token': token ?? '' })).status).toBe(401);
});

test('of two requests with the one-time token only one sets the password', async () => {
  http = await HttpHarness.create({ password: null });
  const token = (await http.app.bootstrapToken()) ?? '';
  const set = (password: string) =>
    http.post('/api/auth/password', { body: { password }, headers: { 'x-bootstrap-token': token } });
  const answers = await Promise.all([set('first-password'), set('second-password')]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
});

test('an API key from before does not work while there is no password', async () => {
  http = await HttpHarness.create({ password: null });
  const answer = await http.get('/api/sessions', { key: await http.key('admin') });
  expect(answer.status).toBe(401);
  expect(answer.body.hint).toContain('one-time link');
});

test('changing the password ends every other login and its streams, and keeps the caller’s', async () => {
  http = await HttpHarness.create();
  const mine = await http.login();
  const other = await http.login();
  await http.get('/api/sessions', { login: other });
  const answer = await http.post('/api/auth/password', { body: { password: ` ${NEW} ` }, login: mine });
  expect(answer.status).toBe(200);
  expect((await http.get('/api/sessions', { login: mine })).status).toBe(200);
  expect((await http.get('/api/sessions', { login: other })).status).toBe(401);
  expect(await canSignIn(NEW)).toBe(true);
  expect(await canSignIn(TEST_PASSWORD)).toBe(false);
  expect(await http.auditLines()).toContainEqual(
    expect.stringMatching(/^operator auth\.set_password ok session:[0-9a-f]{12}$/),
  );
});

test('setting the password needs the administrator’s scope and, with a cookie, the CSRF token', async () => {
  http = await HttpHarness.create();
  const body = { password: NEW };
  expect((await http.post('/api/auth/password', { body })).status).toBe(401);
  expect((await http.post('/api/auth/password', { body, key: await http.key('write') })).status).toBe(403);
  const { cookie } = await http.login();
  const answer = await http.post('/api/auth/password', { body, headers: { cookie } });
  expect(answer.body.error).toBe('missing or invalid csrf token');
  expect(await canSignIn(TEST_PASSWORD)).toBe(true);
});

test('the local administrator sets and removes the password; removing it starts over with a new token', async () => {
  http = await HttpHarness.create();
  const session = await http.login();
  const set = await http.post('/api/auth/password', { body: { password: NEW }, local: true });
  expect(set.status).toBe(200);
  expect((await http.get('/api/sessions', { login: session })).status).toBe(401);
  expect((await http.request('DELETE', '/api/auth/password', { local: true })).status).toBe(200);
  expect(http.bootstrapTokens).toEqual([await http.app.bootstrapToken()]);
  expect((await http.get('/api/auth/status')).body.has_password).toBe(false);
});

test('nobody removes the password from afar', async () => {
  http = await HttpHarness.create();
  const answer = await http.request('DELETE', '/api/auth/password', { key: await http.key('admin') });
  expect([answer.status, answer.body.hint]).toEqual([
    403,
    'Run `microclaw web password-clear` on the machine itself.',
  ]);
});
