/**
 * kill -9 at every point of a turn that matters. After the restart each turn ends exactly once, no finished tool ran
 * twice, an interrupted write is asked about, and the transcript has no duplicate.
 */
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
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

const PRELOAD = join(import.meta.dirname, '../support/crash-preload.ts');

let model: FakeModelServer;
let home: MicroclawHome;
let server: RunningMicroclaw;

beforeEach(async () => {
  model = await startFakeModel();
  home = await createHome({
    ...model.config,
  });
});

afterEach(async () => {
  await server?.kill();
  await model.stop();
  await home.dispose();
});

/** Two appends to a file, then the answer. */
function scriptTwoWrites(): void {
  model.route((request) => {
    if (request.toolResults.length > 0) return reply.text('both written');
    return reply.toolCalls([
      { name: 'bash', input: { command: 'echo one >> log' } },
      { name: 'bash', input: { command: 'echo two >> log' } },
    ]);
  });
}

/** Sends a message to a server that dies at `statement`, restarts it, and returns the run's end. */
async function crashAt(statement: string, at: number): Promise<{ client: ApiClient; runId: string }> {
  // The password is set by a first start, so that the counted statements are those of the turn.
  server = await startMicroclaw(home);
  const signedIn = await setUpOperator(server);
  await server.stop();
  server = await startMicroclaw(home, {
    env: { NODE_OPTIONS: `--import ${PRELOAD}`, CRASH_STATEMENT: statement, CRASH_AT: String(at) },
  });
  const exited = once(server.child, 'exit');
  const runId = await signedIn.at(server.url).sendStream('write twice');
  await exited;
  server = await startMicroclaw(home);
  return { client: signedIn.at(server.url), runId };
}

async function fileLines(client: ApiClient): Promise<string[]> {
  const { body } = await client.get('/api/sessions');
  const chatId = (body.sessions as { chat_id: number }[])[0]?.chat_id;
  const text = await readFile(join(home.dir, `work/chat/web/${chatId}/log`), 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}

async function transcript(client: ApiClient): Promise<string[]> {
  const { body } = await client.get('/api/history?session_key=main');
  return (body.messages as { content: string }[]).map((message) => message.content);
}

describe('after kill -9', () => {
  it.each([
    { point: 'after the inbox insert', statement: 'update \\\\"inbox\\\\" set \\\\"state\\\\"', at: 1 },
    {
      point: 'after the assistant message with the calls',
      statement: 'insert into \\\\"tool_calls\\\\"',
      at: 1,
    },
    { point: 'between two tools of a batch', statement: 'insert into \\\\"tool_calls\\\\"', at: 3 },
    { point: 'after the last tool result', statement: 'ready_for_llm', at: 1 },
    { point: 'before the final commit', statement: 'both written', at: 1 },
  ])('$point, the turn is finished once and nothing is done twice', async ({ statement, at }) => {
    scriptTwoWrites();
    const { client, runId } = await crashAt(statement, at);
    const end = (await client.stream(runId)).at(-1);
    expect(end?.event).toBe('done');
    expect(String(end?.data.response)).toContain('both written');
    expect(await fileLines(client)).toEqual(['one', 'two']);
    const messages = await transcript(client);
    expect(messages.filter((message) => message === 'write twice')).toHaveLength(1);
    expect(messages.filter((message) => message.includes('both written'))).toHaveLength(1);
    expect((await client.get(`/api/run_status?run_id=${runId}`)).body).toMatchObject({
      done: true,
      state: 'done',
    });
  });

  it('while the model is asked by a turn that began with its acceptance, it is finished once', async () => {
    model.route((request) => {
      if (!request.bodyText.includes('second question')) return reply.text('first answer');
      const asked = model.requests.filter(({ bodyText }) => bodyText.includes('second question'));
      return asked.length > 1 ? reply.text('second answer') : reply.hang();
    });
    server = await startMicroclaw(home);
    const client = await setUpOperator(server);
    await client.stream(await client.sendStream('first question'));
    const runId = await client.sendStream('second question');
    await model.waitForRequest((request) => request.bodyText.includes('second question'));
    await server.kill();
    server = await startMicroclaw(home);
    const again = client.at(server.url);
    expect((await again.stream(runId)).at(-1)?.data.response).toContain('second answer');
    expect(await transcript(again)).toEqual([
      'first question',
      'first answer',
      'second question',
      expect.stringContaining('second answer'),
    ]);
  });

  it('starts that fail because the port is taken neither continue the turn nor use up its attempts', async () => {
    model.route((request) => (request.bodyText.includes('question') ? reply.hang() : undefined));
    server = await startMicroclaw(home);
    const client = await setUpOperator(server);
    const runId = await client.sendStream('a question');
    await model.waitForRequest(() => true);
    await server.kill();
    const blocker = createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    const { port } = blocker.address() as AddressInfo; // listening on TCP
    const env = { MICROCLAW_CONFIG: join(home.dir, 'taken.yaml') };
    const config = await readFile(home.configPath, 'utf8');
    await writeFile(env.MICROCLAW_CONFIG, config.replace('web_port: 0', `web_port: ${port}`), {
      mode: 0o600,
    });
    for (let attempt = 0; attempt < 4; attempt += 1) {
      await expect(startMicroclaw(home, { env })).rejects.toThrow('MC_HTTP_PORT_IN_USE');
    }
    blocker.close();
    expect(model.requestCount).toBe(1);
    model.reset();
    server = await startMicroclaw(home);
    const end = (await client.at(server.url).stream(runId)).at(-1);
    expect(end).toMatchObject({ event: 'done', data: { response: expect.stringContaining('a question') } });
  });

  it('a write that had begun is not repeated but asked about', async () => {
    scriptTwoWrites();
    // The result of the first command is the second statement on tool_calls: its effect is there, its record is not.
    const { client, runId } = await crashAt('insert into \\\\"tool_calls\\\\"', 2);
    const end = (await client.stream(runId)).at(-1);
    expect(end?.event).toBe('done');
    expect(String(end?.data.response)).toMatch(/^⚠️ I restarted while a tool operation was in progress\./);
    expect(String(end?.data.response)).toContain('bash(high)');
    expect(await fileLines(client)).toEqual(['one']);
    expect(await transcript(client)).toHaveLength(2);
  });

  it('a waiting message behind a running turn is answered after it, in order', async () => {
    model.route((request) => {
      const text = request.bodyText;
      if (text.includes('second question')) return reply.text('second answer');
      return text.includes('runtime_resume') || model.requests.length > 1
        ? reply.text('first answer')
        : reply.hang();
    });
    server = await startMicroclaw(home);
    const client = await setUpOperator(server);
    const first = await client.sendStream('first question');
    await model.waitForRequest(() => true);
    const second = await client.sendStream('second question');
    await server.kill();
    server = await startMicroclaw(home);
    const again = client.at(server.url);
    expect((await again.stream(first)).at(-1)?.data.response).toContain('first answer');
    expect((await again.stream(second)).at(-1)?.data.response).toContain('second answer');
    expect(await transcript(again)).toEqual([
      'first question',
      'second question',
      expect.stringContaining('first answer'),
      expect.stringContaining('second answer'),
    ]);
  });
});
