import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HttpHarness, testHttpOptions } from '../../../test/support/http-harness.ts';
import type { HookSessionOptions } from '../hook-session.ts';

const TOKEN = 'a-token-of-webhooks-0123456789';
const HEADERS = { 'x-openclaw-token': TOKEN };

let http: HttpHarness;

async function start(session: Partial<HookSessionOptions> = {}, token: string | undefined = TOKEN) {
  const hooks = {
    ...(token === undefined ? {} : { token }),
    session: { ...testHttpOptions.hooks.session, ...session },
  };
  http = await HttpHarness.create({ http: { hooks } });
}

beforeEach(() => start());
afterEach(() => http.dispose());

async function agent(
  body: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>> = {},
) {
  return http.post('/hooks/agent', { body, headers: { ...HEADERS, ...headers } });
}

async function history(sessionKey = 'hook:ingress') {
  const key = await http.key('read');
  const { body } = await http.get(`/api/history?session_key=${encodeURIComponent(sessionKey)}`, { key });
  return (body.messages as { sender_name: string; content: string }[]).map(
    ({ sender_name, content }) => `${sender_name}: ${content}`,
  );
}

describe('the token', () => {
  test('is needed, and may come in three headers', async () => {
    const body = { message: 'hi' };
    const refused = await http.post('/hooks/agent', { body });
    expect(refused.status).toBe(401);
    expect(refused.body).toMatchObject({
      error: 'unauthorized',
      hint: expect.stringContaining('hooks_token'),
    });
    for (const headers of [
      { authorization: `bearer ${TOKEN}` },
      { 'x-openclaw-token': TOKEN },
      { 'x-microclaw-hook-token': TOKEN },
    ]) {
      expect((await http.post('/api/hooks/agent', { body, headers })).body.run_id).toEqual(
        expect.any(String),
      );
    }
  });

  test('cannot be replaced by an operator, and opens nothing an operator has', async () => {
    const body = { message: 'hi' };
    expect((await http.post('/hooks/agent', { body, key: await http.key('admin') })).status).toBe(401);
    expect((await http.post('/hooks/agent', { body, login: await http.login() })).status).toBe(401);
    expect((await http.get('/api/sessions', { key: TOKEN })).status).toBe(401);
    expect((await http.post('/api/send', { body, key: TOKEN })).status).toBe(401);
  });

  test('that is not configured closes the routes, whatever is sent', async () => {
    await http.dispose();
    http = await HttpHarness.create();
    const answer = await agent({ message: 'hi' });
    expect(answer.status).toBe(503);
    expect(answer.body.error).toBe('hooks token is not configured (set channels.web.hooks_token)');
  });

  test('that is wrong is audited without itself', async () => {
    await http.post('/hooks/agent', { body: {}, headers: { 'x-openclaw-token': 'guess-guess-guess' } });
    const [entry] = await http.agent.repositories.audit.list({ limit: 1 });
    expect(entry).toMatchObject({ kind: 'auth', action: 'hook.unauthorized', status: 'deny' });
    expect(JSON.stringify(entry)).not.toContain('guess-guess');
  });
});

describe('/hooks/agent', () => {
  test('starts a run in the default session with the sender given', async () => {
    const { body } = await agent({ message: ' hi ', name: 'CI' });
    expect(body).toMatchObject({ ok: true, session_key: 'hook:ingress', duplicate: false });
    await http.agent.agent.waitForEnd(body.run_id);
    expect((await history())[0]).toBe('CI: hi');
  });

  test('takes snake_case names, and refuses a missing message', async () => {
    const { body } = await agent({ message: 'hi', sender_name: 'Deploy' });
    await http.agent.agent.waitForEnd(body.run_id);
    expect((await history())[0]).toBe('Deploy: hi');
    for (const bad of [{}, { message: '  ' }, { message: null }]) {
      const answer = await agent(bad);
      expect([answer.status, answer.body.error]).toEqual([400, 'message is required']);
    }
    expect((await agent({ message: 7 })).status).toBe(422);
  });

  test('gives a slash command to the model as text', async () => {
    const { body } = await agent({ message: '/reset' });
    await http.agent.agent.waitForEnd(body.run_id);
    expect((await history())[0]).toBe('webhook: /reset');
  });

  test('lets the webhook follow its own runs and no other', async () => {
    const { body } = await agent({ message: 'hi' });
    const status = await http.get(`/api/run_status?run_id=${body.run_id}`, { headers: HEADERS });
    expect(status.body).toMatchObject({ ok: true, session_key: 'hook:ingress' });
    const stream = await http.get(`/api/stream?run_id=${body.run_id}`, { headers: HEADERS });
    expect(stream.text).toContain('event: done');
    const key = await http.key('read', 'write');
    const other = await http.post('/api/send_stream', { key, body: { message: 'mine' } });
    const foreign = `/api/run_status?run_id=${other.body.run_id}`;
    expect((await http.get(foreign, { headers: HEADERS })).status).toBe(403);
    expect((await http.get(`/api/run_status?run_id=${body.run_id}`, { key })).status).toBe(403);
    expect((await http.post(`/api/runs/${body.run_id}/abort`, { headers: HEADERS })).status).toBe(401);
  });

  test('counts against the limits of runs', async () => {
    await http.dispose();
    const limits = { ...testHttpOptions.runLimits, maxPerWindow: 2 };
    const hooks = { ...testHttpOptions.hooks, token: TOKEN };
    http = await HttpHarness.create({ http: { hooks, runLimits: limits } });
    await agent({ message: 'one' });
    await http.post('/hooks/wake', { body: { text: 'two', mode: 'next-heartbeat' }, headers: HEADERS });
    const refused = await agent({ message: 'three' });
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(refused.headers.get('x-ratelimit-limit')).toBe('2');
  });
});

describe('the session', () => {
  test('cannot be chosen by default', async () => {
    const answer = await agent({ message: 'hi', sessionKey: 'ops:1' });
    expect([answer.status, answer.body.error]).toEqual([400, 'session key override is disabled']);
    expect(answer.body.hint).toContain('hooks_allow_request_session_key');
  });

  test('can be chosen within the prefixes', async () => {
    await http.dispose();
    await start({ allowRequestKey: true, allowedPrefixes: ['hook:'] });
    for (const key of ['ops:1', 'chat:1', ' main ', 'Hook:x']) {
      const answer = await agent({ message: 'hi', session_key: key });
      expect(answer.body.error).toBe('session key is not allowed by configured prefixes');
    }
    expect((await agent({ message: 'hi', sessionKey: ' hook:ok:1 ' })).body.session_key).toBe('hook:ok:1');
  });

  test('is never a chat of another channel', async () => {
    await http.dispose();
    await start({ allowRequestKey: true });
    const chat = await http.agent.repositories.chats.ensure({
      channel: 'telegram',
      externalId: '55',
      title: 'Ann',
      kind: 'private',
    });
    for (const path of ['/hooks/agent', '/hooks/wake']) {
      for (const mode of ['now', 'next-heartbeat']) {
        const body = { message: 'hi', text: 'hi', mode, sessionKey: `chat:${chat.chatId}` };
        const answer = await http.post(path, { body, headers: HEADERS });
        expect([answer.status, answer.body.code]).toEqual([400, 'MC_SESSION_READ_ONLY']);
      }
    }
  });
});

describe('/hooks/wake', () => {
  test('starts a run about a system event', async () => {
    const { body } = await http.post('/hooks/wake', { body: { text: 'mail' }, headers: HEADERS });
    await http.agent.agent.waitForEnd(body.run_id);
    expect((await history())[0]).toBe('webhook-system: System event: mail');
  });

  test('only stores the event for the next heartbeat', async () => {
    const wake = { text: 'mail', mode: 'next-heartbeat' };
    const { body } = await http.post('/api/hooks/wake', { body: wake, headers: HEADERS });
    expect(body).toEqual({
      ok: true,
      mode: 'next-heartbeat',
      queued: true,
      session_key: 'hook:ingress',
      chat_id: expect.any(Number),
    });
    expect(await history()).toEqual(['webhook-system: System event: mail']);
    expect(http.agent.model.requests).toHaveLength(0);
  });

  test('refuses another mode and an empty text', async () => {
    const wake = (body: object) => http.post('/hooks/wake', { body, headers: HEADERS });
    expect((await wake({ text: 'x', mode: 'later' })).body.error).toBe(
      'mode must be one of: now, next-heartbeat',
    );
    expect((await wake({ mode: 'now' })).body.error).toBe('text is required');
  });
});

describe('Idempotency-Key', () => {
  const delivery = { 'idempotency-key': 'delivery-1' };

  test('answers a repeated delivery with the run of the first, also many at once', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => agent({ message: 'hi' }, delivery)));
    answers.push(await agent({ message: 'hi' }, delivery));
    expect(new Set(answers.map(({ body }) => body.run_id)).size).toBe(1);
    expect(answers.filter(({ body }) => !body.duplicate)).toHaveLength(1);
    await http.agent.agent.waitForEnd(answers[0]?.body.run_id);
    expect((await history()).filter((line) => line === 'webhook: hi')).toHaveLength(1);
  });

  test('of another request is refused, whichever route it came by', async () => {
    await agent({ message: 'hi' }, delivery);
    for (const [path, body] of [
      ['/hooks/agent', { message: 'other' }],
      ['/hooks/wake', { text: 'hi' }],
    ] as const) {
      const answer = await http.post(path, { body, headers: { ...HEADERS, ...delivery } });
      expect([answer.status, answer.body.code]).toEqual([422, 'MC_HTTP_IDEMPOTENCY_MISMATCH']);
    }
  });

  test('stores an event for the next heartbeat once', async () => {
    const wake = { body: { text: 'mail', mode: 'next-heartbeat' }, headers: { ...HEADERS, ...delivery } };
    expect((await http.post('/hooks/wake', wake)).status).toBe(200);
    expect((await http.post('/hooks/wake', wake)).status).toBe(200);
    expect(await history()).toEqual(['webhook-system: System event: mail']);
  });

  test('must be short and printable', async () => {
    expect((await agent({ message: 'hi' }, { 'idempotency-key': 'x'.repeat(256) })).status).toBe(400);
    expect((await agent({ message: 'hi' }, { 'idempotency-key': 'a b' })).status).toBe(400);
  });
});
