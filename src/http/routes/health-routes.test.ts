import { afterEach, beforeEach, expect, test } from 'vitest';
import { HttpHarness } from '../../../test/support/http-harness.ts';

let http: HttpHarness;
beforeEach(async () => {
  http = await HttpHarness.create();
});
afterEach(() => http.dispose());

test('anonymous callers learn that the server answers and nothing more', async () => {
  const expected = { ok: true, version: '9.9.9', web_enabled: true };
  expect((await http.get('/health')).body).toEqual(expected);
  expect((await http.get('/api/health')).body).toEqual(expected);
});

test('callers with the read scope get components and feature figures', async () => {
  const { body } = await http.get('/api/health', { key: await http.key('read') });
  expect(body.components).toEqual([{ name: 'database', state: 'ok', message: null }]);
  expect(body.scheduler).toEqual({ task_runs_24h: 0, task_success_24h: 0, task_failed_24h: 0 });
  expect(body.reflector.enabled).toBe(false);
  expect(body.memory_backend.reflector_paused).toBe(false);
});

test('a wrong credential or one without the scope is no error', async () => {
  expect((await http.get('/api/health', { key: 'mk_nonsense' })).status).toBe(200);
  const { status, body } = await http.get('/api/health', { key: await http.key('write') });
  expect(status).toBe(200);
  expect(body.components).toBeUndefined();
});

test('anonymous probes add no audit rows', async () => {
  for (let probe = 0; probe < 20; probe += 1) await http.get('/api/health');
  await http.get('/api/auth/status');
  expect(await http.auditLines()).toEqual([]);
});

test('readiness is 503 with Retry-After until the server is ready', async () => {
  http.health = { ready: false, components: [] };
  const answer = await http.get('/api/health/ready');
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).toBe('1');
  http.health = { ready: true, components: [] };
  expect((await http.get('/api/health/ready')).body).toEqual({ ok: true, ready: true });
});
