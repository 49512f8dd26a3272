import { afterEach, beforeEach, expect, test } from 'vitest';
import { HttpHarness } from '../../../test/support/http-harness.ts';

let http: HttpHarness;
beforeEach(async () => {
  http = await HttpHarness.create();
});
afterEach(() => http.dispose());

test('logins are listed without their secrets and one can be ended', async () => {
  const mine = await http.login({ label: 'laptop' });
  const other = await http.login({ label: 'phone' });
  const { body, text } = await http.get('/api/auth/sessions', { login: mine });
  expect(body.sessions).toHaveLength(2);
  expect(body.sessions).toContainEqual(
    expect.objectContaining({ session_id: mine.sessionId, label: 'laptop', current: true }),
  );
  for (const login of [mine, other]) expect(text).not.toContain(login.cookie.slice(11, 40));
  const ended = await http.request('DELETE', `/api/auth/sessions/${other.sessionId}`, { login: mine });
  expect(ended.body).toEqual({ ok: true, revoked: true });
  expect((await http.get('/api/sessions', { login: other })).status).toBe(401);
});

test('ending all others keeps the caller’s login', async () => {
  const mine = await http.login();
  const others = [await http.login(), await http.login()];
  const { body } = await http.request('DELETE', '/api/auth/sessions', { login: mine });
  expect(body).toEqual({ ok: true, revoked: 2 });
  expect((await http.get('/api/sessions', { login: mine })).status).toBe(200);
  for (const login of others) expect((await http.get('/api/sessions', { login })).status).toBe(401);
});

test('an unknown login is no error and a malformed id is', async () => {
  const login = await http.login();
  const unknown = await http.request('DELETE', `/api/auth/sessions/${'0'.repeat(64)}`, { login });
  expect(unknown.body.revoked).toBe(false);
  expect((await http.request('DELETE', '/api/auth/sessions/xyz', { login })).status).toBe(400);
});
