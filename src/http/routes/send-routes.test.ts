import { afterEach, expect, test } from 'vitest';
import { HttpHarness, testHttpOptions } from '../../../test/support/http-harness.ts';
import { answerFailure, answerNever, answerText } from '../../../test/support/scripted-model.ts';

let http: HttpHarness;
afterEach(() => http.dispose());

const send = (key: string, body: object, path = '/api/send') => http.post(path, { key, body });

test.each(['/api/send', '/api/chat'])('%s waits for the answer', async (path) => {
  http = await HttpHarness.create();
  http.agent.model.enqueue(answerText('hello there'));
  const { status, body } = await send(await http.key('write'), { message: ' hi ' }, path);
  expect(status).toBe(200);
  expect(body).toMatchObject({ ok: true, session_key: 'main', response: 'hello there', aborted: false });
  const [asked] = await http.agent.repositories.messages.page(body.chat_id, { limit: 1, afterSeq: 0 });
  expect(asked).toMatchObject({ senderName: 'web-user', content: 'hi', runId: body.run_id });
});

test.each(['/api/send_stream', '/api/chat_stream'])('%s returns the run at once', async (path) => {
  http = await HttpHarness.create();
  http.agent.model.enqueue(answerNever());
  const body = { message: 'hi', session_key: 'ops', sender_name: 'ann' };
  const answer = await send(await http.key('write'), body, path);
  expect(answer.body).toMatchObject({ ok: true, session_key: 'ops', duplicate: false });
  expect((await http.agent.agent.find(answer.body.run_id))?.actorId).toBe('api-key:1');
});

test('a blank message is refused and creates no chat', async () => {
  http = await HttpHarness.create();
  const key = await http.key('read', 'write');
  for (const path of ['/api/send', '/api/send_stream']) {
    const answer = await send(key, { message: '  ', session_key: 'new' }, path);
    expect([answer.status, answer.body.error]).toEqual([400, 'message is required']);
  }
  expect((await http.get('/api/sessions', { key })).body.sessions).toEqual([]);
});

test('one run at once: another message to the session waits outside, so does another session', async () => {
  const runLimits = { ...testHttpOptions.runLimits, maxInFlight: 1 };
  http = await HttpHarness.create({ http: { runLimits } });
  const key = await http.key('write');
  http.agent.model.enqueue(answerNever('slow'));
  const { body: slow } = await send(key, { message: 'hi' }, '/api/send_stream');
  await http.agent.until(slow.run_id, 'delta');
  const same = await send(key, { message: 'hi' });
  expect([same.status, same.body.error]).toEqual([429, 'too many concurrent requests for session']);
  expect(same.headers.get('retry-after')).toBe('1');
  const other = await send(key, { message: 'hi', session_key: 'other' });
  expect([other.status, other.body.error]).toEqual([429, 'too many concurrent requests for actor']);
  await http.agent.agent.abortRun(slow.run_id);
  await http.agent.agent.waitForEnd(slow.run_id);
  expect((await send(key, { message: 'hi' })).status).toBe(200);
});

test('runs started within the window are limited and refused ones use no quota', async () => {
  const runLimits = { ...testHttpOptions.runLimits, maxPerWindow: 2, windowMs: 10_000 };
  http = await HttpHarness.create({ http: { runLimits } });
  const key = await http.key('write');
  const first = await send(key, { message: 'hi' });
  expect(first.headers.get('x-ratelimit-limit')).toBe('2');
  expect(first.headers.get('x-ratelimit-remaining')).toBe('1');
  for (const body of [{ message: ' ' }, { message: 'x', session_key: 'chat:99' }]) {
    expect((await send(key, body)).status).toBe(400);
  }
  expect((await send(key, { message: 'hi' })).status).toBe(200);
  const third = await send(key, { message: 'hi' });
  expect([third.status, third.body.error]).toEqual([429, 'rate limit exceeded for session']);
  expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(0);
  const other = await send(key, { message: 'hi', session_key: 'other' });
  expect(other.body.error).toBe('rate limit exceeded for actor');
  http.clock.advance(10_000);
  expect((await send(key, { message: 'hi' })).status).toBe(200);
});

test('chats of other channels and unknown chat ids cannot be written to', async () => {
  http = await HttpHarness.create();
  const chat = await http.agent.repositories.chats.ensure({
    channel: 'telegram',
    externalId: '55',
    title: 'ann',
    kind: 'private',
  });
  const key = await http.key('write');
  for (const sessionKey of [`chat:${chat.chatId}`, 'chat:999', 'chat:99999999999999999999']) {
    const answer = await send(key, { session_key: sessionKey, message: 'x' });
    expect([answer.status, answer.body.error]).toEqual([
      400,
      'this channel is read-only in Web UI; use source channel to send',
    ]);
  }
});

test('a web chat can be written to by its id', async () => {
  http = await HttpHarness.create();
  const chat = await http.agent.chat('ops');
  const answer = await send(await http.key('write'), { session_key: `chat:${chat.chatId}`, message: 'x' });
  expect(answer.body).toMatchObject({ session_key: 'ops', chat_id: chat.chatId });
});

test('a command that is sent again with the same id is carried out once', async () => {
  http = await HttpHarness.create();
  const key = await http.key('write');
  const body = { message: '/no-such-command', client_message_id: 'command-1' };
  const first = await send(key, body, '/api/send_stream');
  const second = await send(key, body, '/api/send_stream');
  expect(second.body).toEqual({ ...first.body, duplicate: true });
  const other = await send(key, { ...body, client_message_id: 'command-2' }, '/api/send_stream');
  expect(other.body.run_id).not.toBe(first.body.run_id);
  await http.agent.agent.waitForEnd(other.body.run_id);
});

test('a message sent twice with one id starts one run', async () => {
  http = await HttpHarness.create();
  const key = await http.key('write');
  const body = { message: 'hi', client_message_id: 'message-1' };
  const first = await send(key, body, '/api/send_stream');
  const second = await send(key, body, '/api/send_stream');
  expect(second.body).toEqual({ ...first.body, duplicate: true });
  await http.agent.agent.waitForEnd(first.body.run_id);
  expect(await http.agent.transcript()).toEqual(['hi', 'ok']);
});

test('the id of somebody else’s message does not show their run', async () => {
  http = await HttpHarness.create();
  const body = { message: 'hi', client_message_id: 'message-1' };
  const owner = await http.key('write');
  const first = await send(owner, body);
  const stranger = await http.key('write');
  for (const path of ['/api/send', '/api/send_stream']) {
    const answer = await send(stranger, body, path);
    expect([answer.status, answer.body.error]).toEqual([403, 'forbidden']);
    expect(answer.text).not.toContain(first.body.run_id);
  }
  expect((await send(owner, body)).body.response).toBe('ok');
  expect((await send(await http.key('admin'), body)).body.response).toBe('ok');
});

test('commands on this machine talk in their own conversations, without the limits of the network', async () => {
  const runLimits = { ...testHttpOptions.runLimits, maxPerWindow: 1 };
  http = await HttpHarness.create({ http: { runLimits } });
  const body = { message: 'hi', session_key: 'headless:nightly' };
  const first = await http.post('/api/send', { body, local: true });
  const second = await http.post('/api/send', { body, local: true });
  expect([first.status, second.status]).toEqual([200, 200]);
  expect(second.body.chat_id).toBe(first.body.chat_id);
  const chat = await http.agent.repositories.chats.findById(first.body.chat_id);
  expect(chat?.channel).toBe('headless');
  const remote = await send(await http.key('write'), body);
  expect(remote.body.chat_id).not.toBe(first.body.chat_id);
});

test('a failed run is a 500 with its text; a stopped one answers what it had', async () => {
  http = await HttpHarness.create();
  const key = await http.key('write');
  http.agent.model.enqueue(answerFailure(new Error('boom')));
  const failed = await send(key, { message: 'hi' });
  expect([failed.status, failed.body.code, failed.body.ok]).toEqual([500, 'MC_HTTP_RUN_FAILED', false]);

  http.agent.model.enqueue(answerNever('half an answer'));
  const waiting = send(key, { message: 'hi', session_key: 'other' });
  const chat = await http.agent.chat('other');
  await expect.poll(() => http.agent.agent.activeRunOf(chat.chatId)).toBeDefined();
  const runId = http.agent.agent.activeRunOf(chat.chatId) ?? '';
  await http.agent.until(runId, 'delta');
  await http.agent.agent.abortRun(runId);
  const stopped = await waiting;
  expect(stopped.body).toMatchObject({ aborted: true });
  expect(stopped.body.response).toContain('half an answer');
});

test('a client that gives up does not stop its run', async () => {
  http = await HttpHarness.create();
  const url = await http.serve();
  http.agent.model.enqueue(answerNever('working'));
  const controller = new AbortController();
  const key = await http.key('write');
  const posted = fetch(`${url}/api/send`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ message: 'hi' }),
    signal: controller.signal,
  });
  await expect.poll(() => http.agent.agent.activeRunOf(1)).toBeDefined();
  const runId = http.agent.agent.activeRunOf(1) ?? '';
  await http.agent.until(runId, 'delta');
  controller.abort();
  await expect(posted).rejects.toThrow();
  expect((await http.agent.agent.find(runId))?.state).toBe('running');
  await http.agent.agent.abortRun(runId);
});

test('a message whose chat is deleted in the moment it is sent begins a new one', async () => {
  http = await HttpHarness.create();
  const key = await http.key('admin');
  const first = await send(key, { message: 'before', session_key: 'ops' });
  const { directory } = http;
  const find = directory.ensureWritable.bind(directory);
  directory.ensureWritable = async (sessionKey) => {
    directory.ensureWritable = find;
    const found = await find(sessionKey);
    await http.post('/api/delete_session', { key, body: { session_key: 'ops' } });
    return found;
  };
  const second = await send(key, { message: 'after', session_key: 'ops' });
  expect(second.body).toMatchObject({ ok: true, session_key: 'ops', response: 'ok' });
  expect(second.body.chat_id).not.toBe(first.body.chat_id);
});
