/** Turns through the real program over HTTP, against the scripted model server. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiClient, setUpOperator } from '../support/api-client.ts';
import { type FakeModelServer, startFakeModel } from '../support/fake-model/fake-model-server.ts';
import { reply } from '../support/fake-model/reply.ts';
import {
  createHome,
  type MicroclawHome,
  type RunningMicroclaw,
  startMicroclaw,
} from '../support/microclaw-process.ts';

let model: FakeModelServer;
let home: MicroclawHome;
let server: RunningMicroclaw;
let client: ApiClient;

async function start(config: Readonly<Record<string, unknown>> = {}): Promise<void> {
  home = await createHome({
    ...model.config,
    web_max_requests_per_window: 1000,
    web_max_inflight_per_session: 100,
    ...config,
  });
  server = await startMicroclaw(home);
  client = await setUpOperator(server);
}

beforeEach(async () => {
  model = await startFakeModel();
});

afterEach(async () => {
  await server?.stop();
  await model.stop();
  await home?.dispose();
});

describe('a turn', () => {
  it('streams the answer, stores it and keeps the context for the next turn', async () => {
    await start();
    model.enqueue(reply.text('hello there'));
    const runId = await client.sendStream('hi');
    const frames = await client.stream(runId);
    expect(frames[0]?.event).toBe('replay_meta');
    expect(
      frames
        .filter((frame) => frame.event === 'delta')
        .map((frame) => frame.data.delta)
        .join(''),
    ).toBe('hello there');
    expect(frames.at(-1)).toMatchObject({ event: 'done', data: { response: 'hello there' } });

    model.enqueue(reply.text('again'));
    expect((await client.send('second')).body).toMatchObject({
      ok: true,
      session_key: 'main',
      response: 'again',
    });
    const sent = model.requests.at(-1)?.bodyText;
    expect(sent).toContain('hello there');
    expect(sent).toContain('<user_message sender=\\"web-user\\">second</user_message>');
    const { body } = await client.get('/api/history?session_key=main');
    expect((body.messages as { content: string }[]).map((message) => message.content)).toEqual([
      'hi',
      'hello there',
      'second',
      'again',
    ]);
  });

  it('runs tools in the model order, shows a card for each, and returns results in call order', async () => {
    await start();
    model.enqueue(
      reply.toolCalls([
        { name: 'write_file', input: { path: 'a.txt', content: 'alpha' } },
        { name: 'read_file', input: { path: 'a.txt' } },
        { name: 'bash', input: { command: 'cat a.txt; echo; uname' } },
      ]),
      reply.text('finished'),
    );
    const frames = await client.stream(await client.sendStream('go'));
    const starts = frames.filter((frame) => frame.event === 'tool_start').map((frame) => frame.data.name);
    expect(starts).toEqual(['write_file', 'read_file', 'bash']);
    const ends = frames.filter((frame) => frame.event === 'tool_result');
    expect(ends.every((frame) => frame.data.is_error === false)).toBe(true);
    expect(ends.map((frame) => frame.data.tool_use_id)).toEqual(
      frames.filter((frame) => frame.event === 'tool_start').map((frame) => frame.data.tool_use_id),
    );
    const results = model.requests.at(-1)?.toolResults ?? [];
    expect(results[1]).toContain('alpha');
    expect(results[2]).toContain('Linux');
  });

  it('folds a message that arrives during a tool into the running turn, once', async () => {
    await start();
    model.enqueue(
      reply.toolCalls([{ name: 'bash', input: { command: 'until [ -e go ]; do sleep 0.05; done' } }]),
    );
    model.enqueue(reply.text('both answered'));
    const runId = await client.sendStream('first');
    await client.stream(runId, { until: (frame) => frame.event === 'tool_start' });
    const followUp = await client.sendStream('also B');
    const { body } = await client.get('/api/sessions');
    const chatId = String((body.sessions as { chat_id: number }[])[0]?.chat_id);
    await writeFile(join(home.dir, 'work/chat/web', chatId, 'go'), '');
    expect((await client.stream(followUp)).at(-1)).toMatchObject({
      event: 'done',
      data: { response: '📥 Got 1 follow-up message — folding it into the current turn.' },
    });
    const frames = await client.stream(runId);
    expect(frames.find((frame) => frame.event === 'mid_turn_injection')?.data).toMatchObject({ count: 1 });
    expect(model.requests.at(-1)?.bodyText.split('also B')).toHaveLength(2);
    model.enqueue(reply.text('next'));
    await client.send('more');
    expect(model.requests.at(-1)?.bodyText.split('also B')).toHaveLength(2);
  });

  it('stops on request, kills the command and does not redo the request', async () => {
    await start();
    model.enqueue(reply.toolCalls([{ name: 'bash', input: { command: 'echo $$ > pid; sleep 600' } }]));
    const runId = await client.sendStream('long work');
    await client.stream(runId, { until: (frame) => frame.event === 'tool_start' });
    expect((await client.post(`/api/runs/${runId}/abort`, {})).status).toBe(200);
    const frames = await client.stream(runId);
    expect(frames.at(-1)?.event).toBe('aborted');
    model.enqueue(reply.text('new answer'));
    await client.send('something else');
    expect(model.requests.at(-1)?.bodyText).toContain('The user stopped this run');
  });

  it('answers slash commands without the model', async () => {
    await start();
    expect((await client.send('/frobnicate')).body.response).toMatch(/^Unknown command\./);
    expect((await client.send('/status')).body.response).toContain('Model: fake');
    expect((await client.send('/stop')).body.response).toBe('No active run in this chat.');
    expect(model.requests).toHaveLength(0);
    model.enqueue(reply.text('a path'));
    await client.send('/etc/hosts is odd');
    expect(model.requests).toHaveLength(1);
  });

  it('ends with an error people can read when the provider refuses the key, and stays usable', async () => {
    await start();
    model.enqueue(reply.status(401));
    const { status, body } = await client.send('hi');
    expect(status).toBe(500);
    expect(String(body.error)).not.toContain('test-key');
    expect(body.hint).toBeTruthy();
    model.enqueue(reply.text('fine now'));
    expect((await client.send('again')).body.response).toBe('fine now');
  });

  it('compacts a long session, keeps call pairs whole and archives what it replaced', async () => {
    await start({ max_session_messages: 6, compact_keep_recent: 2 });
    model.route((request) => {
      if (request.bodyText.includes('Summarise the conversation')) return reply.text('SUMMARY');
      if (request.endsWithToolResult) return reply.text('answered');
      return reply.toolCalls([{ name: 'calculate', input: { expression: '1+1' } }]);
    });
    for (let turn = 0; turn < 3; turn += 1) await client.send(`question ${turn}`);
    const sent = model.requests.at(-1)?.bodyText;
    expect(sent).toContain('[Conversation Summary]\\nSUMMARY');
    expect(sent).not.toContain('question 0');
  });

  it('retries once after a context overflow and fails plainly the second time', async () => {
    await start({ compact_keep_recent: 2 });
    for (let turn = 0; turn < 3; turn += 1) {
      model.enqueue(reply.text(`r${turn}`));
      await client.send(`question ${turn}`);
    }
    model.enqueue(reply.overflow(), reply.text('SUMMARY'), reply.text('made it'));
    expect((await client.send('big')).body.response).toBe('made it');
  });
});

describe('sixteen chats at once', () => {
  it('keep their order and never see each other’s text', async () => {
    await start();
    model.route((request) => {
      return reply.text(`echo ${/chat\d+ turn\d/.exec(request.lastUserText)?.[0]}`);
    });
    const chats = Array.from({ length: 16 }, (_, index) => `chat${index}`);
    await Promise.all(
      chats.map(async (chat) => {
        for (let turn = 0; turn < 3; turn += 1) {
          const { body } = await client.send(`${chat} turn${turn}`, chat);
          expect(body.response).toBe(`echo ${chat} turn${turn}`);
        }
      }),
    );
    for (const request of model.requests) {
      expect(new Set(request.bodyText.match(/chat\d+ turn/g)).size).toBe(1);
    }
  });

  it('a hanging tool in one chat delays no other', async () => {
    await start();
    model.enqueue(reply.toolCalls([{ name: 'bash', input: { command: 'sleep 600' } }]));
    const hanging = await client.sendStream('hang', 'stuck');
    await client.stream(hanging, { until: (frame) => frame.event === 'tool_start' });
    model.enqueue(reply.text('quick'));
    expect((await client.send('hi', 'other')).body.response).toBe('quick');
    expect((await client.get(`/api/run_status?run_id=${hanging}`)).body).toMatchObject({
      done: false,
      state: 'running',
    });
    await client.post(`/api/runs/${hanging}/abort`, {});
  });
});

describe('a stop of the program', () => {
  it('lets the running turn finish, exits 0 and keeps the context', async () => {
    await start();
    const gate = Promise.withResolvers<void>();
    model.route(async (request) => {
      if (request.index > 0) return undefined;
      await gate.promise;
      return reply.text('slow answer');
    });
    const runId = await client.sendStream('hi');
    await model.waitForRequest(() => true);
    const stopped = server.stop();
    gate.resolve();
    expect(await stopped).toBe(0);
    server = await startMicroclaw(home);
    const again = client.at(server.url);
    expect((await again.stream(runId)).at(-1)).toMatchObject({
      event: 'done',
      data: { response: 'slow answer' },
    });
    model.enqueue(reply.text('ok'));
    await again.send('second');
    expect(model.requests.at(-1)?.bodyText).toContain('slow answer');
    expect(
      await readFile(join(home.dataDir, 'runtime/microclaw.db')).then((file) => file.length),
    ).toBeGreaterThan(0);
  });

  it('ends a command that would run for ever, exits 0 in time, and asks about it after the restart', async () => {
    await start();
    model.enqueue(reply.toolCalls([{ name: 'bash', input: { command: 'echo $$ > pid; exec sleep 600' } }]));
    const runId = await client.sendStream('go');
    await client.stream(runId, { until: (frame) => frame.event === 'tool_start' });
    expect(await server.stop()).toBe(0);
    server = await startMicroclaw(home);
    const again = client.at(server.url);
    const end = (await again.stream(runId)).at(-1);
    expect(end?.event).toBe('done');
    expect(String(end?.data.response)).toContain('bash(high)');
    const { body } = await again.get('/api/sessions');
    const chatId = (body.sessions as { chat_id: number }[])[0]?.chat_id;
    const pid = Number(await readFile(join(home.dir, `work/chat/web/${chatId}/pid`), 'utf8'));
    expect(() => process.kill(pid, 0)).toThrow();
  });
});

it('a summary that never comes leaves a short turn time for its answer', async () => {
  await start({ max_session_messages: 2, compact_keep_recent: 1, turn_timeout_secs: 2 });
  model.route((request) => (request.toolNames.length === 0 ? reply.hang() : undefined));
  for (const text of ['one', 'two', 'three']) {
    expect((await client.send(text)).body).toMatchObject({ state: 'done', response: `echo: ${text}` });
  }
});

describe('a chat that is erased', () => {
  /** Names of everything below the directory of a chat that is not in the database. */
  async function filesOf(chatId: unknown): Promise<string[]> {
    const directory = join(home.dataDir, `runtime/groups/web/${chatId}`);
    const names = await readdir(directory, { recursive: true }).catch(() => []);
    return names.map((name) => name.replace(/\d{8}-\d{6}-\d+/, '<time>')).sort();
  }

  async function fillChat(key: string): Promise<unknown> {
    model.enqueue(
      reply.toolCalls([
        { name: 'write_memory', input: { scope: 'chat', content: 'the word is heron' } },
        { name: 'todo_write', input: { todos: [{ task: 'find the heron', status: 'pending' }] } },
      ]),
    );
    await client.send('remember the heron', key);
    const { body } = await client.send('what now?', key);
    expect(await filesOf(body.chat_id)).toEqual([
      'AGENTS.md',
      'TODO.json',
      'conversations',
      'conversations/<time>.md',
    ]);
    return body.chat_id;
  }

  it('leaves neither its memory nor the archive of its conversation, deleted or overwritten by a fork', async () => {
    await start({ max_session_messages: 2 });
    const deleted = await fillChat('first');
    const overwritten = await fillChat('second');
    const kept = await fillChat('third');
    await client.post('/api/delete_session', { session_key: 'first' });
    const fork = { source_session_key: 'third', target_session_key: 'second', overwrite: true };
    expect((await client.post('/api/sessions/fork', fork)).status).toBe(200);
    expect(await filesOf(deleted)).toEqual([]);
    expect(await filesOf(overwritten)).toEqual([]);
    expect(await filesOf(kept)).toHaveLength(4);
  });
});
