import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeHook } from '../../../test/support/hook-fixture.ts';
import { HttpHarness } from '../../../test/support/http-harness.ts';

const FIELDS = { description: 'Guards.', events: ['BeforeToolCall'], command: './guard.sh' };

let http: HttpHarness;
beforeEach(async () => {
  http = await HttpHarness.create();
});
afterEach(() => http.dispose());

test('hooks are shown to whoever may read', async () => {
  const directory = await writeHook(http.hooksDir, 'guard', FIELDS);
  const { body } = await http.get('/api/hooks', { key: await http.key('read') });
  expect(body).toEqual({
    ok: true,
    hooks: [
      {
        name: 'guard',
        ...FIELDS,
        timeout_ms: 1500,
        priority: 100,
        enabled: true,
        path: `${directory}/HOOK.md`,
      },
    ],
    problems: [],
  });
  expect((await http.get('/api/hooks')).status).toBe(401);
});

test('a hook is switched by an administrator only, in the state file, and audited', async () => {
  await writeHook(http.hooksDir, 'my guard', FIELDS);
  const path = '/api/hooks/my%20guard/disable';
  expect((await http.post(path, { key: await http.key('read', 'write', 'approvals') })).status).toBe(403);
  const key = await http.key('admin');
  expect((await http.post(path, { key })).body).toEqual({ ok: true, name: 'my guard', enabled: false });
  const state = await readFile(join(http.agent.dir, 'hooks_state.json'), 'utf8');
  expect(JSON.parse(state)).toEqual({ 'my guard': false });
  expect((await http.get('/api/hooks', { key })).body.hooks[0].enabled).toBe(false);
  expect((await http.post('/api/hooks/my%20guard/enable', { key })).body.enabled).toBe(true);
  expect((await http.auditLines()).filter((line) => line.startsWith('operator'))).toEqual([
    'operator hook.disable ok api-key:2',
    'operator hook.enable ok api-key:2',
  ]);
});

test('an unknown hook is a 404 and audited as a miss', async () => {
  const key = await http.key('admin');
  const answer = await http.post('/api/hooks/nope/enable', { key });
  expect(answer.status).toBe(404);
  expect(answer.body).toMatchObject({ ok: false, error: 'hook not found: nope', code: 'MC_HOOKS_NOT_FOUND' });
  expect(await http.auditLines()).toEqual(['operator hook.enable miss api-key:1']);
});

test('a state file that cannot be understood is not overwritten', async () => {
  await writeHook(http.hooksDir, 'guard', FIELDS);
  const file = join(http.agent.dir, 'hooks_state.json');
  await writeFile(file, '{"guard":');
  const answer = await http.post('/api/hooks/guard/disable', { key: await http.key('admin') });
  expect(answer.status).toBe(409);
  expect(answer.body.hint).toContain('by hand');
  expect(await readFile(file, 'utf8')).toBe('{"guard":');
});
