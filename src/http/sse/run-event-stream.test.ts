import { afterEach, expect, test, vi } from 'vitest';
import { LiveRun } from '../../agent/runs/live-run.ts';
import { openRunEventStream, type RunEventStream } from './run-event-stream.ts';

const decoder = new TextDecoder();

afterEach(() => vi.useRealTimers());

function liveRun(maxEvents = 512): LiveRun {
  const facts = { runId: 'r', chatId: 1, sessionKey: 'main', actorId: 'a', baseSeq: 0 };
  return new LiveRun(facts, { maxEvents, now: () => 7 });
}

function open(run: LiveRun, options: { readonly afterSeq?: number; readonly keepAliveMs?: number } = {}) {
  const afterSeq = options.afterSeq ?? 0;
  const seen = { ends: 0, failures: [] as unknown[] };
  const oldestSeq = run.oldestSeq;
  const subscription = {
    oldestSeq,
    truncated: oldestSeq !== null && afterSeq + 1 < oldestSeq,
    events: run.follow(afterSeq),
  };
  const stream = openRunEventStream(subscription, options.afterSeq ?? null, {
    keepAliveMs: options.keepAliveMs ?? 60_000,
    retryMs: 1500,
    onEnd: () => {
      seen.ends += 1;
    },
    onFailure: (error) => seen.failures.push(error),
  });
  return { stream, seen, reader: stream.body.getReader() };
}

async function rest(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text;
    text += decoder.decode(value);
  }
}

const ids = (text: string) => [...text.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]));

test('events are written as server-sent events with the time they happened', async () => {
  const run = liveRun();
  run.publish({ kind: 'delta', text: 'line\nbreak' });
  run.publish({ kind: 'done', response: 'ok' });
  const { reader, seen } = open(run);
  expect(await rest(reader)).toBe(
    [
      'event: replay_meta\ndata: {"replay_truncated":false,"oldest_event_id":1,"requested_last_event_id":null}\n\n',
      'id: 1\nevent: delta\ndata: {"delta":"line\\nbreak","at_ms":7}\n\n',
      'id: 2\nevent: done\ndata: {"response":"ok","at_ms":7}\n\n',
    ].join(''),
  );
  expect(seen).toEqual({ ends: 1, failures: [] });
});

test('a slow reader gets every event that is still held, in order', async () => {
  const run = liveRun();
  const { reader } = open(run);
  await reader.read();
  for (let index = 0; index < 300; index += 1) run.publish({ kind: 'delta', text: `${index}` });
  run.publish({ kind: 'done', response: '' });
  expect(ids(await rest(reader))).toEqual(Array.from({ length: 301 }, (_, index) => index + 1));
});

test('events that a slow reader missed are announced by a fresh replay_meta', async () => {
  const run = liveRun(10);
  run.publish({ kind: 'started' });
  const { reader } = open(run);
  expect(ids(decoder.decode((await reader.read()).value))).toEqual([1]);
  for (let index = 0; index < 50; index += 1) run.publish({ kind: 'delta', text: `${index}` });
  run.publish({ kind: 'done', response: '' });
  const text = await rest(reader);
  expect(text).toMatch(
    /^event: replay_meta\ndata: \{"replay_truncated":true,"oldest_event_id":43,"requested_last_event_id":1\}/,
  );
  expect(ids(text)).toEqual([43, 44, 45, 46, 47, 48, 49, 50, 51, 52]);
});

test('a client that asks for events that are gone is told so at the start', async () => {
  const run = liveRun(3);
  for (let index = 0; index < 9; index += 1) run.publish({ kind: 'delta', text: `${index}` });
  run.publish({ kind: 'done', response: '' });
  const { reader } = open(run, { afterSeq: 2 });
  const text = await rest(reader);
  expect(text).toContain('{"replay_truncated":true,"oldest_event_id":8,"requested_last_event_id":2}');
  expect(text.match(/replay_meta/g)).toHaveLength(1);
  expect(ids(text)).toEqual([8, 9, 10]);
});

test('an idle stream sends comments', async () => {
  const run = liveRun();
  const { reader } = open(run, { keepAliveMs: 5 });
  await reader.read();
  expect(decoder.decode((await reader.read()).value)).toBe(':keepalive\n\n');
  run.publish({ kind: 'done', response: '' });
  expect(await rest(reader)).toContain('event: done');
});

test('a reader that takes nothing finds one comment, however long it was away', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const run = liveRun();
  const { reader } = open(run, { keepAliveMs: 1000 });
  await reader.read();
  vi.advanceTimersByTime(100_000);
  run.publish({ kind: 'done', response: '' });
  expect((await rest(reader)).match(/:keepalive/g)).toHaveLength(1);
});

test('the server can end a stream early and says when to come back', async () => {
  const run = liveRun();
  const { stream, reader, seen } = open(run);
  await reader.read();
  const pending = rest(reader);
  stream.end();
  stream.end();
  expect(await pending).toBe('retry: 1500\n\n');
  expect(seen.ends).toBe(1);
});

test('a client that leaves ends the stream once', async () => {
  const run = liveRun();
  const { reader, seen, stream } = open(run);
  await reader.read();
  void reader.read();
  await reader.cancel();
  run.publish({ kind: 'delta', text: 'late' });
  stream.end();
  expect(seen).toEqual({ ends: 1, failures: [] });
});

test('events that cannot be read end the stream with a hint and are reported', async () => {
  const failure = new Error('broken');
  async function* broken(): AsyncGenerator<never> {
    yield* [];
    throw failure;
  }
  const failures: unknown[] = [];
  const stream: RunEventStream = openRunEventStream(
    { oldestSeq: null, truncated: false, events: broken() },
    null,
    { keepAliveMs: 60_000, retryMs: 1500, onEnd: () => {}, onFailure: (error) => failures.push(error) },
  );
  expect(await rest(stream.body.getReader())).toMatch(/retry: 1500\n\n$/);
  expect(failures).toEqual([failure]);
});
