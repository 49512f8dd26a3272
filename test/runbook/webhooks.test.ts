/** The lines of the runbook about webhooks, as another program sends them. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ApiClient, type JsonAnswer, setUpOperator } from '../support/api-client.ts';
import {
  createHome,
  type MicroclawHome,
  type RunningMicroclaw,
  startMicroclaw,
} from '../support/microclaw-process.ts';

const TOKEN = 'webhook-token-0123456789abcdef';

let home: MicroclawHome;
let server: RunningMicroclaw;
let client: ApiClient;

async function start(web: Readonly<Record<string, unknown>>): Promise<void> {
  home = await createHome({ channels: { web } });
  server = await startMicroclaw(home);
  client = await setUpOperator(server);
}

beforeEach(() => start({ hooks_token: TOKEN }));

afterEach(async () => {
  await server.stop();
  await home.dispose();
});

async function call(
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = { 'x-openclaw-token': TOKEN },
): Promise<JsonAnswer> {
  const response = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** The frames of a run, read with the hook token. */
async function follow(runId: unknown): Promise<string> {
  const headers = { authorization: `Bearer ${TOKEN}` };
  const response = await fetch(`${server.url}/api/stream?run_id=${runId}`, { headers });
  expect(response.status).toBe(200);
  return response.text();
}

it('are closed until a token is configured', async () => {
  await server.stop();
  await home.dispose();
  await start({});
  const { status, body } = await call('/hooks/agent', { message: 'hi' });
  expect([status, body.error]).toEqual([503, 'hooks token is not configured (set channels.web.hooks_token)']);
  expect(server.log()).not.toContain('hooks token is not configured');
});

it('need the token, and an operator key is none', async () => {
  expect((await call('/hooks/agent', { message: 'hi' }, {})).status).toBe(401);
  expect((await call('/hooks/agent', { message: 'hi' }, { 'x-openclaw-token': 'wrong' })).status).toBe(401);
  expect((await call('/hooks/agent', { message: 'hi' }, client.headers())).status).toBe(401);
});

it('start a run that the webhook can follow', async () => {
  const { status, body } = await call('/hooks/agent', { message: 'what is 2+3?' });
  expect(status).toBe(200);
  expect(await follow(body.run_id)).toContain('event: done');
  const history = await client.get('/api/history?session_key=hook:ingress');
  expect(history.body.messages).toMatchObject([{ content: 'what is 2+3?' }, { is_from_bot: true }]);
});

it('may not choose a session unless that is allowed', async () => {
  expect((await call('/hooks/agent', { message: 'hi', sessionKey: 'ops:1' })).body.error).toBe(
    'session key override is disabled',
  );
  await server.stop();
  await home.dispose();
  await start({
    hook_token: TOKEN,
    hooks_default_session_key: 'hook:mail',
    hooks_allow_request_session_key: true,
    hooks_allowed_session_key_prefixes: ['hook:'],
  });
  expect((await call('/hooks/agent', { message: 'hi', sessionKey: 'ops:1' })).body.error).toBe(
    'session key is not allowed by configured prefixes',
  );
  expect((await call('/hooks/agent', { message: 'hi', sessionKey: 'hook:ok:1' })).status).toBe(200);
  expect((await call('/hooks/agent', { message: 'hi' })).body.session_key).toBe('hook:mail');
});

it('store an event for the next heartbeat without a run', async () => {
  const wake = { text: 'mail', mode: 'next-heartbeat' };
  expect((await call('/hooks/wake', wake)).body).toMatchObject({ queued: true, session_key: 'hook:ingress' });
  const { body } = await client.get('/api/history?session_key=hook:ingress');
  expect(body.messages).toMatchObject([
    { sender_name: 'webhook-system', content: 'System event: mail', is_from_bot: false },
  ]);
  expect((await call('/hooks/wake', { text: 'mail', mode: 'later' })).status).toBe(400);
});

it('run a delivery once, also when it is repeated after the server was killed', async () => {
  const headers = { 'x-openclaw-token': TOKEN, 'idempotency-key': 'delivery-7' };
  const first = await call('/hooks/agent', { message: 'what is 2+3?' }, headers);
  await follow(first.body.run_id);
  await server.kill();
  server = await startMicroclaw(home);
  client = client.at(server.url);
  const again = await call('/hooks/agent', { message: 'what is 2+3?' }, headers);
  expect(again.body).toMatchObject({ run_id: first.body.run_id, duplicate: true });
  expect(await follow(again.body.run_id)).toContain('event: done');
  expect((await call('/hooks/agent', { message: 'another' }, headers)).status).toBe(422);
  const { body } = await client.get('/api/history?session_key=hook:ingress');
  expect(body.messages).toHaveLength(2);
});
