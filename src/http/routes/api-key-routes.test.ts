import { afterEach, beforeEach, expect, test } from 'vitest';
import { HttpHarness } from '../../../test/support/http-harness.ts';

const DAY_MS = 86_400_000;

let http: HttpHarness;
let admin: string;
beforeEach(async () => {
  http = await HttpHarness.create();
  admin = await http.key('admin');
});
afterEach(() => http.dispose());

const create = (body: object, key = admin) => http.post('/api/auth/api_keys', { body, key });
const works = async (key: string) => (await http.get('/api/sessions', { key })).status === 200;

test('a created key has the documented form, clean scopes and a bounded life', async () => {
  const { status, body } = await create({
    label: ' x ',
    scopes: [' operator.read ', 'operator.read'],
    expires_days: 5000,
  });
  expect(status).toBe(200);
  expect(body.api_key).toMatch(/^mk_[0-9a-f]{32}$/);
  expect(body.prefix).toBe(body.api_key.slice(0, 10));
  expect(body.scopes).toEqual(['operator.read']);
  expect(Math.round((Date.parse(body.expires_at) - Date.now()) / DAY_MS)).toBe(3650);
  expect(await works(body.api_key)).toBe(true);
});

test.each([
  [{ label: ' ', scopes: ['operator.read'] }, 'label is required'],
  [{ label: 'x', scopes: [' '] }, 'at least one scope is required'],
  [{ label: 'x', scopes: ['root'] }, 'invalid scope'],
])('an impossible key is refused: %j', async (body, error) => {
  const answer = await create(body);
  expect([answer.status, answer.body.error]).toEqual([400, error]);
});

test('keys are managed with the administrator’s scope only', async () => {
  const approvals = await http.key('approvals');
  expect((await create({ label: 'x', scopes: ['operator.read'] }, approvals)).status).toBe(403);
  expect((await http.get('/api/auth/api_keys', { key: await http.key('read') })).status).toBe(403);
});

test('rotating replaces the key at once, also when the old one was just used', async () => {
  const { body: old } = await create({ label: 'ci', scopes: ['operator.read'], expires_days: 1 });
  expect(await works(old.api_key)).toBe(true);
  const { status, body } = await http.post(`/api/auth/api_keys/${old.id}/rotate`, { body: {}, key: admin });
  expect(status).toBe(200);
  expect(body.expires_at).toBeNull();
  expect(await works(old.api_key)).toBe(false);
  expect(await works(body.api_key)).toBe(true);
  const { keys } = (await http.get('/api/auth/api_keys', { key: admin })).body;
  const byId = (id: number) => keys.find((key: { id: number }) => key.id === id);
  expect(byId(body.id)).toMatchObject({
    label: 'ci (rotated)',
    rotated_from_key_id: old.id,
    revoked_at: null,
  });
  expect(byId(old.id).revoked_at).not.toBeNull();
});

test('a key that is unknown or revoked cannot be rotated', async () => {
  const rotate = (id: string) => http.post(`/api/auth/api_keys/${id}/rotate`, { body: {}, key: admin });
  const unknown = await rotate('999');
  expect([unknown.status, unknown.body.error]).toEqual([404, 'api key not found']);
  expect((await rotate('abc')).status).toBe(400);
  const { body } = await create({ label: 'x', scopes: ['operator.read'] });
  await http.request('DELETE', `/api/auth/api_keys/${body.id}`, { key: admin });
  expect((await rotate(String(body.id))).body.code).toBe('MC_HTTP_API_KEY_REVOKED');
});

test('revoking takes effect at once and can be repeated', async () => {
  const { body } = await create({ label: 'x', scopes: ['operator.read'] });
  expect(await works(body.api_key)).toBe(true);
  const revoke = (id: number) => http.request('DELETE', `/api/auth/api_keys/${id}`, { key: admin });
  expect((await revoke(body.id)).body.revoked).toBe(true);
  expect(await works(body.api_key)).toBe(false);
  const revokedAt = async () =>
    (await http.get('/api/auth/api_keys', { key: admin })).body.keys.find(
      (key: { id: number }) => key.id === body.id,
    ).revoked_at;
  const first = await revokedAt();
  expect((await revoke(body.id)).body.revoked).toBe(true);
  expect(await revokedAt()).toBe(first);
  expect((await revoke(999)).body.revoked).toBe(false);
});

test('an expired key is refused, also while it is remembered', async () => {
  const { body } = await create({ label: 'x', scopes: ['operator.read'], expires_days: 1 });
  http.clock.advance(DAY_MS - 5000);
  expect(await works(body.api_key)).toBe(true);
  http.clock.advance(6000);
  expect(await works(body.api_key)).toBe(false);
});

test('the time of last use is written once a minute, however often the key is used', async () => {
  const key = await http.key('read');
  const id = (await http.get('/api/auth/api_keys', { key: admin })).body.keys[0].id;
  const lastUsed = async () => {
    await http.app.settle();
    return (await http.agent.repositories.apiKeys.findById(id))?.lastUsedAt;
  };
  expect(await lastUsed()).toBeNull();
  await works(key);
  const first = await lastUsed();
  expect(first).not.toBeNull();
  for (let use = 0; use < 5; use += 1) await works(key);
  expect(await lastUsed()).toBe(first);
});

test('what happens to keys is audited, without the keys', async () => {
  const { body } = await create({ label: 'x', scopes: ['operator.read'] });
  await http.post(`/api/auth/api_keys/${body.id}/rotate`, { body: {}, key: admin });
  await http.request('DELETE', '/api/auth/api_keys/999', { key: admin });
  expect(await http.auditLines()).toEqual([
    'operator auth.api_key.create ok api-key:1',
    'operator auth.api_key.rotate ok api-key:1',
    'operator auth.api_key.revoke miss api-key:1',
  ]);
  const entries = await http.agent.repositories.audit.list({ limit: 10 });
  expect(JSON.stringify(entries)).not.toContain(body.api_key.slice(3, 20));
});
