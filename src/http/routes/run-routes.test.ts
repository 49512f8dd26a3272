import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type HarnessRequest, HttpHarness } from '../../../test/support/http-harness.ts';
import { answerNever, answerText } from '../../../test/support/scripted-model.ts';

let http: HttpHarness;
let key: string;
beforeEach(async () => {
  http = await HttpHarness.create();
  key = await http.key('read', 'write');
});
afterEach(() => http.dispose());

async function start(message = 'hi'): Promise<string> {
  return (await http.post('/api/send_stream', { key, body: { message } })).body.run_id;
}

/** Every frame of a stream, to its end. */
async function frames(query: string, request: HarnessRequest = { key }): Promise<EventSourceMessage[]> {
  const response = await http.fetch('GET', `/api/stream?${query}`, request);
  expect([response.status, response.headers.get('content-type')]).toEqual([
    200,
    'text/event-stream; charset=utf-8',
  ]);
  const received: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => received.push(event) });
  parser.feed(await response.text());
  return received;
}

const summary = (events: EventSourceMessage[]) => events.map(({ id, event }) => `${id ?? '-'} ${event}`);

test('a stream begins with replay_meta and status 1, ends with done, and then closes', async () => {
  http.agent.model.enqueue(answerText('hello'));
  const events = await frames(`run_id=${await start()}`);
  const [meta, status] = events;
  expect(meta).toMatchObject({ id: undefined, event: 'replay_meta' });
  expect(JSON.parse(meta?.data ?? '')).toMatchObject({
    replay_truncated: false,
    requested_last_event_id: null,
  });
  expect(status).toMatchObject({ id: '1', event: 'status' });
  expect(JSON.parse(status?.data ?? '')).toMatchObject({ message: 'running' });
  expect(events.map(({ event }) => event)).toContain('delta');
  expect(events.at(-1)?.event).toBe('done');
  expect(JSON.parse(events.at(-1)?.data ?? '')).toMatchObject({ response: 'hello' });
});

test('a finished run is replayed after the event that the client has, by query or by header', async () => {
  const runId = await start();
  const all = await frames(`run_id=${runId}`);
  const last = Number(all.at(-1)?.id);
  const status = await http.get(`/api/run_status?run_id=${runId}`, { key });
  expect(status.body).toMatchObject({ done: true, state: 'done', last_event_id: last });
  expect(summary(await frames(`run_id=${runId}&last_event_id=${last}`))).toEqual(['- replay_meta']);
  const afterFirst = summary(all).slice(2);
  expect(summary(await frames(`run_id=${runId}&last_event_id=1`)).slice(1)).toEqual(afterFirst);
  const byHeader = await frames(`run_id=${runId}`, { key, headers: { 'last-event-id': '1' } });
  expect(summary(byHeader).slice(1)).toEqual(afterFirst);
  const both = await frames(`run_id=${runId}&last_event_id=${last}`, {
    key,
    headers: { 'last-event-id': '1' },
  });
  expect(summary(both)).toEqual(['- replay_meta']);
});

test('a run of an earlier process still ends its stream and keeps its state', async () => {
  const runId = await start();
  const last = Number((await frames(`run_id=${runId}`)).at(-1)?.id);
  await http.agent.agent.waitForEnd(runId);
  const { turns } = http.agent.repositories;
  expect((await turns.find(runId))?.lastEventSeq).toBe(last);
});

test('only the caller that started a run and administrators may look at it and stop it', async () => {
  http.agent.model.enqueue(answerNever('working'));
  const runId = await start();
  const stranger = await http.key('read', 'write');
  for (const path of [`/api/stream?run_id=${runId}`, `/api/run_status?run_id=${runId}`]) {
    expect((await http.get(path, { key: stranger })).status).toBe(403);
  }
  expect((await http.post(`/api/runs/${runId}/abort`, { key: stranger })).status).toBe(403);
  const admin = await http.key('admin');
  const status = await http.get(`/api/run_status?run_id=${runId}`, { key: admin });
  expect(status.body).toMatchObject({ done: false, session_key: 'main' });
  expect((await http.post(`/api/runs/${runId}/abort`, { key: admin })).body.aborted).toBe(true);
});

test('an unknown run is 404, a missing or negative parameter 400', async () => {
  for (const path of ['/api/stream', '/api/run_status']) {
    const answer = await http.get(`${path}?run_id=nope`, { key });
    expect([answer.status, answer.body.error]).toEqual([404, 'run not found']);
    expect((await http.get(path, { key })).status).toBe(400);
  }
  expect((await http.post('/api/runs/nope/abort', { key })).status).toBe(404);
  expect((await http.get('/api/stream?run_id=x&last_event_id=-1', { key })).status).toBe(400);
});

test('stopping a run ends its open stream with aborted', async () => {
  http.agent.model.enqueue(answerNever('half'));
  const runId = await start();
  const stream = frames(`run_id=${runId}`);
  await http.agent.until(runId, 'delta');
  const { body } = await http.post(`/api/runs/${runId}/abort`, { key });
  expect(body).toEqual({ ok: true, run_id: runId, aborted: true });
  const last = (await stream).at(-1);
  expect(last?.event).toBe('aborted');
  expect(JSON.parse(last?.data ?? '').text).toContain('half');
  expect((await http.post(`/api/runs/${runId}/abort`, { key })).body.aborted).toBe(false);
  expect((await http.get(`/api/run_status?run_id=${runId}`, { key })).body).toMatchObject({
    done: true,
    state: 'aborted',
  });
});

test('revoking a key ends the streams it has open', async () => {
  http.agent.model.enqueue(answerNever('half'));
  const runId = await start();
  const stream = frames(`run_id=${runId}`);
  await http.agent.until(runId, 'delta');
  const admin = await http.key('admin');
  await http.request('DELETE', '/api/auth/api_keys/1', { key: admin });
  expect((await stream).map(({ event }) => event)).not.toContain('aborted');
  expect((await http.agent.agent.find(runId))?.state).toBe('running');
});

test('HEAD opens no stream', async () => {
  http.agent.model.enqueue(answerNever());
  const runId = await start();
  for (let attempt = 0; attempt < 200; attempt += 1) {
    await http.request('HEAD', `/api/stream?run_id=${runId}`, { key });
  }
  const stream = await http.fetch('GET', `/api/stream?run_id=${runId}`, { key });
  expect(stream.status).toBe(200);
  await stream.body?.cancel();
});

test('one caller cannot hold streams without end, and closed ones make room', async () => {
  http.agent.model.enqueue(answerNever());
  const runId = await start();
  const open = async () => http.fetch('GET', `/api/stream?run_id=${runId}`, { key });
  const streams = await Promise.all(Array.from({ length: 128 }, open));
  expect((await open()).status).toBe(429);
  await streams[0]?.body?.cancel();
  const again = await open();
  expect(again.status).toBe(200);
  for (const stream of [...streams.slice(1), again]) await stream.body?.cancel();
});
