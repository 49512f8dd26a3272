/** kill -9 where a plan is made and where it is approved: the mode, the plan and the work are never out of step. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
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
const FOOTER = '📋 Plan mode:';

let model: FakeModelServer;
let home: MicroclawHome;
let server: RunningMicroclaw;
let client: ApiClient;

beforeEach(async () => {
  model = await startFakeModel();
  home = await createHome({
    ...model.config,
  });
  // Tries to act in either mode; what it says at the end tells in which it believed to be.
  model.route((request) => {
    const isApproved = request.bodyText.includes('[plan_approved]: ');
    const calls = reply.toolCalls([{ name: 'bash', input: { command: 'echo one >> log' } }]);
    const wasRefused = request.toolResults.some((text) => text.includes('Plan mode: '));
    const isDone = isApproved
      ? request.toolResults.some((text) => !text.includes('Plan mode: '))
      : wasRefused;
    return isDone ? reply.text(isApproved ? 'it is written' : '1. write it') : calls;
  });
  server = await startMicroclaw(home);
  client = await setUpOperator(server);
  await client.send('/plan');
});
afterEach(async () => {
  await server.kill();
  await model.stop();
  await home.dispose();
});

/** Sends a message to a server that dies at the `statement`, and returns how its run ended after the restart. */
async function sendAndCrash(message: string, statement: string): Promise<string> {
  await server.stop();
  server = await startMicroclaw(home, {
    env: { NODE_OPTIONS: `--import ${PRELOAD}`, CRASH_STATEMENT: statement, CRASH_AT: '1' },
  });
  const exited = once(server.child, 'exit');
  const runId = await client.at(server.url).sendStream(message);
  await exited;
  server = await startMicroclaw(home);
  client = client.at(server.url);
  const end = (await client.stream(runId)).at(-1);
  expect(end?.event).toBe('done');
  return String(end?.data.response);
}

async function state() {
  const { body } = await client.get('/api/sessions');
  const [session] = body.sessions as { chat_id: number; plan_mode: boolean; plan_ready: boolean }[];
  const log = join(home.dir, `work/chat/web/${session?.chat_id}/log`);
  const written = await readFile(log, 'utf8').catch(() => '');
  return { mode: session?.plan_mode, ready: session?.plan_ready, written };
}

describe('after kill -9', () => {
  it.each([
    { point: 'before the turn begins', statement: 'update \\\\"inbox\\\\" set \\\\"state\\\\"' },
    { point: 'after a call was refused', statement: 'ready_for_llm' },
    { point: 'before the plan is stored', statement: 'pending_plan_approval:\\d' },
  ])('$point, the turn still plans, and its plan waits', async ({ statement }) => {
    expect(await sendAndCrash('make the file', statement)).toContain(FOOTER);
    expect(await state()).toEqual({ mode: true, ready: true, written: '' });
    expect((await client.send('approve')).body.response).toBe('it is written');
    expect(await state()).toEqual({ mode: false, ready: false, written: 'one\n' });
  });

  it.each([
    { point: 'before the approval is stored', statement: 'chat_mode:\\d' },
    { point: 'before the approved call', statement: 'insert into \\\\"tool_calls\\\\"' },
    { point: 'after the approved call', statement: 'ready_for_llm' },
    { point: 'before the end of the approved turn', statement: 'it is written' },
  ])('$point, the plan is carried out once and the mode is over', async ({ statement }) => {
    expect((await client.send('make the file')).body.response).toContain(FOOTER);
    expect(await sendAndCrash('approve', statement)).toContain('it is written');
    expect(await state()).toEqual({ mode: false, ready: false, written: 'one\n' });
  });
});
