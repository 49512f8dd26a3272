import { afterEach, beforeEach, expect, test } from 'vitest';
import { HttpHarness } from '../../../test/support/http-harness.ts';
import { answerNever, answerText } from '../../../test/support/scripted-model.ts';

let http: HttpHarness;
let operator: string;
beforeEach(async () => {
  http = await HttpHarness.create();
  operator = await http.key('read', 'write', 'approvals');
});
afterEach(() => http.dispose());

const send = (message: string, sessionKey = 'main') =>
  http.post('/api/send', { key: operator, body: { message, session_key: sessionKey } });
const history = async (sessionKey: string) =>
  (await http.get(`/api/history?session_key=${sessionKey}`, { key: operator })).body;
const sessions = async (query = '') => (await http.get(`/api/sessions${query}`, { key: operator })).body;
const keysOf = (body: { sessions: { session_key: string }[] }) =>
  body.sessions.map((session) => session.session_key);
const fork = (body: object) => http.post('/api/sessions/fork', { key: operator, body });

test('a fork has its parent’s first messages, is written to under its key and survives its parent', async () => {
  await send('one');
  await send('two');
  const { status, body } = await fork({
    source_session_key: 'main',
    target_session_key: 'b',
    fork_point: 1,
  });
  expect(status).toBe(200);
  expect(body).toMatchObject({ source_session_key: 'main', target_session_key: 'b', fork_point: 1 });
  expect((await history('b')).messages.map((message: { content: string }) => message.content)).toEqual([
    'one',
  ]);
  const { nodes } = (await http.get('/api/sessions/tree', { key: operator })).body;
  expect(nodes).toContainEqual(
    expect.objectContaining({ session_key: 'b', parent_session_key: 'main', fork_point: 1 }),
  );
  expect((await send('three', 'b')).body.chat_id).toBe(body.target_chat_id);
  expect((await history('b')).messages).toHaveLength(3);
  const removed = await http.post('/api/delete_session', { key: operator, body: { session_key: 'main' } });
  expect(removed.body).toEqual({ ok: true, deleted: true });
  expect((await history('b')).messages).toHaveLength(3);
  expect(keysOf(await sessions())).toEqual(['b']);
});

test('a fork keeps timestamps and a default key is made from the source’s', async () => {
  await send('one');
  const before = (await history('main')).messages;
  const { body } = await fork({ source_session_key: 'main' });
  expect(body.target_session_key).toMatch(/^main-fork-[0-9a-f]{8}$/);
  expect(body.fork_point).toBe(2);
  const after = (await history(body.target_session_key)).messages;
  expect(after.map((message: { timestamp: string }) => message.timestamp)).toEqual(
    before.map((message: { timestamp: string }) => message.timestamp),
  );
});

test('a fork refuses an unknown source, its own key, a taken key and a chat id as key', async () => {
  await send('one');
  await send('other', 'taken');
  const refusal = async (body: object) => {
    const answer = await fork(body);
    return [answer.status, answer.body.error];
  };
  expect(await refusal({ source_session_key: 'nope', target_session_key: 'x' })).toEqual([
    404,
    'session not found',
  ]);
  const same = [400, 'target_session_key must differ from source_session_key'];
  expect(await refusal({ source_session_key: 'main', target_session_key: ' main ' })).toEqual(same);
  const { chat_id: mainId } = await history('main');
  expect(await refusal({ source_session_key: `chat:${mainId}`, target_session_key: 'main' })).toEqual(same);
  expect(await refusal({ source_session_key: 'main', target_session_key: 'taken' })).toEqual([
    409,
    'target session already exists',
  ]);
  expect((await refusal({ source_session_key: 'main', target_session_key: 'chat:77' }))[0]).toBe(400);
  expect(keysOf(await sessions()).sort()).toEqual(['main', 'taken']);
});

test('with overwrite a fork replaces the chat that has its key', async () => {
  await send('one');
  const old = await send('other', 'taken');
  const { status, body } = await fork({
    source_session_key: 'main',
    target_session_key: 'taken',
    overwrite: true,
  });
  expect(status).toBe(200);
  expect(body.target_chat_id).not.toBe(old.body.chat_id);
  expect((await history('taken')).messages[0].content).toBe('one');
});

test('a chat that a fork replaces leaves no plan mode behind', async () => {
  await send('one');
  const { body: old } = await send('other', 'taken');
  const { plans, repositories } = http.agent;
  await plans.enter(old.chat_id);
  await fork({ source_session_key: 'main', target_session_key: 'taken', overwrite: true });
  expect(plans.isPlanning(old.chat_id)).toBe(false);
  expect(await repositories.meta.listByPrefix('chat_mode:')).toEqual([]);
});

test('reading, clearing and deleting an unknown session never create one', async () => {
  const answer = await http.get('/api/history?session_key=nope', { key: operator });
  expect([answer.status, answer.body.error]).toEqual([404, 'session not found']);
  for (const path of ['/api/delete_session', '/api/reset']) {
    const { body } = await http.post(path, { key: operator, body: { session_key: 'nope' } });
    expect(body).toEqual({ ok: true, deleted: false });
  }
  expect((await sessions()).sessions).toEqual([]);
  expect(await http.auditLines()).toEqual([
    'operator session.delete miss api-key:1',
    'operator session.reset miss api-key:1',
  ]);
});

test('clearing a web chat empties transcript, context and todos and keeps the chat and its usage', async () => {
  const first = await send('remember this');
  const { body } = await http.post('/api/reset', { key: operator, body: {} });
  expect(body).toEqual({ ok: true, deleted: true });
  expect((await history('main')).messages).toEqual([]);
  expect(http.clearedTodos.map((chat) => chat.chatId)).toEqual([first.body.chat_id]);
  const again = await send('what did I say?');
  expect(again.body.chat_id).toBe(first.body.chat_id);
  expect(http.agent.model.lastRequestText()).not.toContain('remember this');
  const usage = (await http.get('/api/usage', { key: operator })).body.usage;
  expect(usage.chat.all_time.requests).toBe(2);
});

test('clearing a chat of another channel keeps its transcript', async () => {
  const { repositories } = http.agent;
  const chat = await repositories.chats.ensure({
    channel: 'telegram',
    externalId: '55',
    title: 'ann',
    kind: 'private',
  });
  await repositories.messages.insert({
    id: 'm1',
    chatId: chat.chatId,
    senderName: 'ann',
    content: 'hello',
    isFromBot: false,
  });
  await http.agent.storage.write([repositories.sessions.ensureStatement(chat.chatId)]);
  const key = `chat:${chat.chatId}`;
  const { body } = await http.post('/api/reset', { key: operator, body: { session_key: key } });
  expect(body.deleted).toBe(true);
  expect((await history(key)).messages).toHaveLength(1);
});

test.each(['/api/delete_session', '/api/reset'])('%s stops the runs of the chat first', async (path) => {
  http.agent.model.enqueue(answerNever('working'));
  const runId = await http.agent.submit('a long task');
  await http.agent.until(runId, 'delta');
  const waiting = await http.agent.submit('another');
  await http.post(path, { key: operator, body: {} });
  expect((await http.agent.agent.waitForEnd(runId)).kind).toBe('aborted');
  expect(http.agent.agent.activeChatIds()).toEqual([]);
  expect(http.agent.agent.activeRunOf(1)).toBeUndefined();
  expect(waiting).not.toBe(runId);
});

test('clearing, forking and deleting need the approvals scope', async () => {
  const key = await http.key('read', 'write');
  for (const path of ['/api/reset', '/api/delete_session']) {
    expect((await http.post(path, { key, body: {} })).status).toBe(403);
  }
  const body = { source_session_key: 'main' };
  expect((await http.post('/api/sessions/fork', { key, body })).status).toBe(403);
});

test('the list is paged, searched and filtered, newest message first', async () => {
  for (const key of ['one', 'two', 'three']) await send('hello', key);
  const { repositories } = http.agent;
  await repositories.chats.ensure({
    channel: 'telegram',
    externalId: '55',
    title: 'group:55',
    kind: 'group',
  });
  const first = await sessions('?limit=2&channel=web');
  expect(keysOf(first)).toEqual(['three', 'two']);
  const second = await sessions(`?limit=2&channel=web&cursor=${encodeURIComponent(first.next_cursor)}`);
  expect([keysOf(second), second.next_cursor]).toEqual([['one'], null]);
  expect(keysOf(await sessions('?q=wo'))).toEqual(['two']);
  const [telegram] = (await sessions('?channel=telegram')).sessions;
  expect(telegram).toMatchObject({ session_key: 'chat:4', label: 'telegram:4', chat_type: 'telegram' });
  const [newest] = first.sessions;
  expect(newest).toMatchObject({ label: 'three', last_message_preview: 'ok', active_run_id: null });
  expect((await http.get('/api/sessions?cursor=x', { key: operator })).status).toBe(400);
});

test('the list tells which chat is working on which run', async () => {
  http.agent.model.enqueue(answerNever('working'));
  const runId = await http.agent.submit('a long task');
  await http.agent.until(runId, 'delta');
  expect((await sessions()).sessions[0].active_run_id).toBe(runId);
  await http.agent.agent.abortRun(runId);
});

test('a chat that was deleted and written to again is a new chat', async () => {
  http.agent.model.enqueue(answerText('first'));
  const before = await send('hello');
  await http.post('/api/delete_session', { key: operator, body: {} });
  const after = await send('hello again');
  expect(after.status).toBe(200);
  expect(after.body.chat_id).not.toBe(before.body.chat_id);
  expect((await history('main')).messages).toHaveLength(2);
});
