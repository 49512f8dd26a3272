/**
 * Every route against every kind of caller. The table is written by hand: a route that is missing here, or that lets in
 * anybody else than it says, fails.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HttpHarness } from '../support/http-harness.ts';

type Access = 'public' | 'read' | 'write' | 'approvals' | 'admin' | 'hook' | 'bootstrap';

const ROUTES: Readonly<Record<string, Access>> = {
  'get /health': 'public',
  'get /api/health': 'public',
  'get /api/health/ready': 'public',
  'get /api/openapi.json': 'public',
  'get /api/auth/status': 'public',
  'post /api/auth/login': 'public',
  'post /api/auth/logout': 'public',
  'post /api/auth/password': 'bootstrap',
  'delete /api/auth/password': 'admin',
  'get /api/auth/api_keys': 'admin',
  'post /api/auth/api_keys': 'admin',
  'post /api/auth/api_keys/{id}/rotate': 'admin',
  'delete /api/auth/api_keys/{id}': 'admin',
  'get /api/auth/sessions': 'admin',
  'delete /api/auth/sessions': 'admin',
  'delete /api/auth/sessions/{id}': 'admin',
  'get /api/sessions': 'read',
  'get /api/sessions/tree': 'read',
  'get /api/history': 'read',
  'post /api/sessions/fork': 'approvals',
  'post /api/reset': 'approvals',
  'post /api/delete_session': 'approvals',
  'post /api/send': 'write',
  'post /api/chat': 'write',
  'post /api/send_stream': 'write',
  'post /api/chat_stream': 'write',
  'post /api/runs/{run_id}/abort': 'write',
  'get /api/stream': 'read',
  'get /api/run_status': 'read',
  'get /api/approvals': 'read',
  'get /api/approvals/grants': 'read',
  'post /api/approvals/{approval_id}': 'approvals',
  'delete /api/approvals/grants/{chat_id}/{tool}': 'approvals',
  'get /api/runtime': 'read',
  'get /api/tools': 'read',
  'get /api/usage': 'read',
  'get /api/hooks': 'read',
  'post /api/hooks/{name}/enable': 'admin',
  'post /api/hooks/{name}/disable': 'admin',
  'get /api/config': 'read',
  'put /api/config': 'admin',
  'post /api/config': 'admin',
  'post /api/config/reload': 'admin',
  'get /api/config/schema': 'read',
  'get /api/config/self_check': 'read',
  'post /api/policy/explain': 'read',
  'get /api/audit': 'admin',
  'get /api/audit/verify': 'admin',
  'post /hooks/agent': 'hook',
  'post /api/hooks/agent': 'hook',
  'post /hooks/wake': 'hook',
  'post /api/hooks/wake': 'hook',
};

const SCOPES = ['read', 'write', 'approvals', 'admin'] as const;
const HOOK_TOKEN = 'a hook token long enough';

let harness: HttpHarness;
const keys = new Map<string, string>();

beforeAll(async () => {
  harness = await HttpHarness.create({
    http: {
      hooks: {
        token: HOOK_TOKEN,
        session: { defaultKey: 'hook:ingress', allowRequestKey: false, allowedPrefixes: [] },
      },
    },
  });
  for (const scope of SCOPES) keys.set(scope, await harness.key(scope));
});
afterAll(() => harness.dispose());

/** A request with nothing in it: whoever is let in is told so by another status than 401 or 403. */
async function call(route: string, key: string | undefined) {
  const [method = '', template = ''] = route.split(' ');
  const path = template.replaceAll('{id}', '999').replaceAll(/\{\w+\}/g, '1');
  return harness.request(method.toUpperCase(), path, {
    ...(method === 'post' || method === 'put' ? { body: {} } : {}),
    ...(key === undefined ? {} : { key }),
  });
}

it('the table names every route of the program, and no other', async () => {
  const { body } = await harness.get('/api/openapi.json');
  const paths = Object.entries(body.paths as Record<string, object>);
  const served = paths.flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  expect(served.sort()).toEqual(Object.keys(ROUTES).sort());
});

const scoped = Object.entries(ROUTES).filter(([, access]) => access !== 'public');

describe('without a credential', () => {
  it.each(scoped)('%s (%s) is refused', async (route) => {
    const answer = await call(route, undefined);
    expect(answer.status).toBe(401);
    expect(answer.body).toMatchObject({ ok: false, hint: expect.any(String) });
  });
});

describe('with a credential that is none', () => {
  it.each(scoped)('%s (%s) is refused', async (route) => {
    for (const key of [
      `mk_${'0'.repeat(32)}`,
      'null',
      keys.get('admin')?.slice(0, 10),
      keys.get('admin')?.toUpperCase(),
    ]) {
      expect((await call(route, key)).status).toBe(401);
    }
  });
});

describe.each(SCOPES)('a key with the scope %s alone', (scope) => {
  it.each(Object.entries(ROUTES))('%s (%s)', async (route, access) => {
    const { status } = await call(route, keys.get(scope));
    const isRefused = status === 401 || status === 403;
    const isEnough = access === 'public' || access === scope || (scope === 'admin' && access !== 'hook');
    if (access === 'hook') expect(status).toBe(401);
    // Removing the password is for this machine alone, and refused with another reason.
    else if (route !== 'delete /api/auth/password') expect(isRefused).toBe(!isEnough);
    else expect(status).toBe(403);
  });
});

describe('the hook token', () => {
  it.each(scoped.filter(([, access]) => access !== 'hook'))('%s (%s) is refused', async (route) => {
    const answer = await call(route, HOOK_TOKEN);
    // A run that it did not start is the same to it as one that never was.
    if (route === 'get /api/stream' || route === 'get /api/run_status')
      expect(answer.status).toBeGreaterThanOrEqual(400);
    else expect(answer.status).toBe(401);
  });
});

describe('a login', () => {
  it.each(scoped.filter(([route, access]) => !route.startsWith('get ') && access !== 'hook'))(
    'changes nothing without its own CSRF token: %s (%s)',
    async (route) => {
      const login = await harness.login();
      const other = await harness.login();
      const [method = '', template = ''] = route.split(' ');
      const path = template.replaceAll(/\{\w+\}/g, '999');
      const refused = { status: 403, body: { error: 'missing or invalid csrf token' } };
      const forged = [
        {},
        { 'x-csrf-token': '' },
        { 'x-csrf-token': other.csrf },
        { 'x-csrf-token': login.csrf.slice(1) },
      ];
      for (const headers of forged) {
        const answer = await harness.request(method.toUpperCase(), path, {
          ...(method === 'post' ? { body: {} } : {}),
          headers: { cookie: login.cookie, ...headers },
        });
        expect(answer).toMatchObject(refused);
      }
    },
  );
});
