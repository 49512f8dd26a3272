/** The output guardrail in the real program: nothing of a credential reaches an observer, streamed or stored. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ApiClient, setUpOperator } from '../support/api-client.ts';
import { type FakeModelServer, startFakeModel } from '../support/fake-model/fake-model-server.ts';
import { type FakeReply, reply } from '../support/fake-model/reply.ts';
import {
  createHome,
  type MicroclawHome,
  type RunningMicroclaw,
  startMicroclaw,
} from '../support/microclaw-process.ts';

const KEY = `ghp_${'k'.repeat(36)}`;
const WITHHELD = '[message withheld by output guardrail: a credential-like string was detected]';

let model: FakeModelServer;
let home: MicroclawHome;
let server: RunningMicroclaw;
let client: ApiClient;

async function start(mode: string): Promise<void> {
  home = await createHome({
    ...model.config,
    api_key: 'test-key-of-the-provider',
    output_guardrail: { mode },
  });
  server = await startMicroclaw(home);
  client = await setUpOperator(server);
}

beforeEach(async () => {
  model = await startFakeModel();
});
afterEach(async () => {
  await server.stop();
  await model.stop();
  await home.dispose();
});

/** A run with its whole stream. */
async function ask(...replies: readonly FakeReply[]) {
  model.enqueue(...replies);
  return client.stream(await client.sendStream('tell me'));
}

const deltasOf = (frames: Awaited<ReturnType<typeof ask>>) =>
  frames.flatMap(({ event, data }) => (event === 'delta' ? [String(data.delta ?? data.text)] : []));

it.each([
  ['redact', 'your token is [REDACTED:GITHUB_TOKEN], keep it'],
  ['block', WITHHELD],
])('in mode %s shows the checked answer only, in the stream and in the history', async (mode, shown) => {
  await start(mode);
  const secret = reply.text(`your token is ${KEY}, keep it`).with({ deltaLength: 5 });
  const frames = await ask(secret);
  expect(deltasOf(frames)).toEqual([shown]);
  expect(frames.at(-1)?.data).toMatchObject({ response: shown });
  const { body: history } = await client.get('/api/history?session_key=main');
  const { body: sessions } = await client.get('/api/sessions');
  const everything = JSON.stringify([frames, history, sessions]);
  expect(everything).toContain(JSON.stringify(shown).slice(1, -1));
  expect(everything).not.toContain('kkkk');
  expect(server.log()).not.toContain('kkkk');
});

it('checks what is said before a tool call and values of configured secrets too', async () => {
  await start('block');
  const frames = await ask(
    reply.toolCalls([{ name: 'get_current_time', input: {} }]).with({ text: `first ${KEY}`, deltaLength: 5 }),
    reply.text('the key is test-key-of-the-provider').with({ deltaLength: 5 }),
  );
  expect(deltasOf(frames)).toEqual([WITHHELD, WITHHELD]);
  expect(JSON.stringify(frames)).not.toMatch(/kkkk|test-key/);
});

it('shows nothing of an answer that is stopped midway', async () => {
  await start('redact');
  model.enqueue(reply.text(`your token is ${KEY}`).with({ deltaLength: 5, hangAfter: 8 }));
  const runId = await client.sendStream('tell me');
  await expect.poll(() => model.requests.length).toBe(1);
  await client.post(`/api/runs/${runId}/abort`, {});
  const frames = await client.stream(runId);
  const { body: history } = await client.get('/api/history?session_key=main');
  expect(JSON.stringify([frames, history])).not.toMatch(/your token|ghp_/);
});

it('is off by default: the answer arrives piece by piece', async () => {
  await start('off');
  const frames = await ask(reply.text('one two three four').with({ deltaLength: 4 }));
  expect(deltasOf(frames).length).toBeGreaterThan(2);
  expect(deltasOf(frames).join('')).toBe('one two three four');
});
