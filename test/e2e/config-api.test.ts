/** The configuration over HTTP in the real program: credentials never leave it, a change survives a restart. */
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ApiClient, setUpOperator } from '../support/api-client.ts';
import {
  createHome,
  type MicroclawHome,
  type RunningMicroclaw,
  startMicroclaw,
} from '../support/microclaw-process.ts';

const SECRETS = [
  'sk-main-credential',
  'sk-second-credential',
  'profile-credential',
  'legacy-credential-of-the-web',
];

let home: MicroclawHome;
let server: RunningMicroclaw;
let client: ApiClient;

beforeEach(async () => {
  home = await createHome({
    llm_provider: 'custom',
    llm_base_url: 'http://127.0.0.1:9/v1',
    model: 'fake',
    api_key: SECRETS[0],
    api_keys: [SECRETS[1]],
    provider_presets: { other: { provider: 'openai', api_key: SECRETS[2], default_model: 'm' } },
    web_auth_token: SECRETS[3],
    web_max_requests_per_window: 1000,
  });
  server = await startMicroclaw(home);
  client = await setUpOperator(server);
});
afterEach(async () => {
  await server.stop();
  await home.dispose();
});

it('no route gives a read-only key a credential of the configuration', async () => {
  const { body } = await client.post('/api/auth/api_keys', { label: 'r', scopes: ['operator.read'] });
  const authorization = `Bearer ${String(body.api_key)}`;
  const get = (path: string) => fetch(`${server.url}${path}`, { headers: { authorization } });
  const document: unknown = await (await get('/api/openapi.json')).json();
  const paths = Object.entries((document as { readonly paths: Record<string, object> }).paths);
  const readable = paths.filter(([, methods]) => 'get' in methods).map(([path]) => path);
  expect(readable).toContain('/api/config');
  for (const path of readable) {
    if (path === '/api/stream') continue; // needs a run
    const text = await (await get(path.replaceAll(/\{\w+\}/g, '1'))).text();
    for (const secret of SECRETS) expect(text, path).not.toContain(secret);
  }
  expect(await (await get('/api/config')).json()).toMatchObject({
    config: {
      api_key: '***',
      api_keys: ['***'],
      web_auth_token: '***',
      provider_presets: { other: { api_key: '***' } },
    },
  });
});

it('what is shown can be sent back, a change is in force after a restart, and the log names the keys only', async () => {
  const { body } = await client.get('/api/config');
  const { api_key, api_keys, provider_presets } = body.config as Record<string, unknown>;
  const changed = await client.post('/api/config', {
    api_key,
    api_keys,
    provider_presets,
    max_concurrent_turns: 3,
  });
  expect(changed).toMatchObject({
    status: 200,
    body: { requires_restart: true, restart_required: ['max_concurrent_turns'], applied: [], ignored: [] },
  });
  const file = await readFile(`${home.dir}/microclaw.config.yaml`, 'utf8');
  for (const secret of SECRETS) expect(file).toContain(secret);
  const refused = await client.post('/api/config', { web_port: 'high' });
  expect(refused).toMatchObject({
    status: 400,
    body: { code: 'MC_CONFIG_REJECTED', error: expect.stringContaining('`web_port`') },
  });
  const { body: log } = await client.get('/api/audit?kind=operator&limit=50');
  const rows = (log.logs as readonly { readonly action: string; readonly detail: string }[]).filter(
    ({ action }) => action === 'config.update',
  );
  expect(rows.map(({ detail }) => detail)).toEqual(['MC_CONFIG_REJECTED', 'max_concurrent_turns']);
  await server.stop();
  server = await startMicroclaw(home);
  client = client.at(server.url);
  expect((await client.get('/api/config')).body).toMatchObject({
    requires_restart: false,
    config: { max_concurrent_turns: 3 },
  });
});

it('refuses a change for an older state with 412', async () => {
  const headers = { ...client.headers(), 'content-type': 'application/json' };
  const put = (etag: string, body: unknown) =>
    fetch(`${server.url}/api/config`, {
      method: 'PUT',
      headers: { ...headers, 'if-match': etag },
      body: JSON.stringify(body),
    });
  const first = await fetch(`${server.url}/api/config`, { headers: client.headers() });
  const etag = first.headers.get('etag') ?? '';
  const changed = await put(etag, { show_thinking: true });
  expect([changed.status, changed.headers.get('etag') === etag]).toEqual([200, false]);
  expect((await put(etag, { show_thinking: false })).status).toBe(412);
});
