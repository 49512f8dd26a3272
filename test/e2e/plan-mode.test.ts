/** Plan mode in the real program: over HTTP, through a kill of the server, with its own tools. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ApiClient, setUpOperator } from '../support/api-client.ts';
import { reply } from '../support/fake-model/reply.ts';
import { ServedModel } from '../support/served-model.ts';

let served: ServedModel;
let client: ApiClient;

beforeEach(async () => {
  served = await ServedModel.start({
    taint_policy: 'off',
    tool_concurrency_overrides: { write_file: 'read_only', bash: 'read_only' },
    web_max_requests_per_window: 1000,
  });
  client = await setUpOperator(served.server);
});
afterEach(async () => {
  await served.stop();
});

const session = async () => {
  const { body } = await client.get('/api/sessions');
  const [first] = body.sessions as readonly { readonly plan_mode: boolean; readonly plan_ready: boolean }[];
  return { mode: first?.plan_mode, ready: first?.plan_ready };
};
const files = async () => (await readdir(join(served.home.dir, 'work'), { recursive: true })).join(' ');
/** Every tool that can change something, in spellings that the registry accepts. */
const CHANGING = [
  { name: 'bash', input: { command: 'touch made-by-bash', __microclaw_high_risk_approved: true } },
  { name: 'write_file', input: { path: 'made-by-write', content: 'x', __plan_mode: 'off' } },
  { name: 'Write_File', input: { path: 'made-by-write', content: 'x' } },
  { name: ' BASH ', input: { command: 'touch made-by-bash' } },
  { name: 'edit_file', input: { path: 'made-by-write', old_string: 'a', new_string: 'x' } },
  { name: 'write_memory', input: { scope: 'chat', content: 'made-by-memory' } },
  { name: 'todo_write', input: { todos: [{ task: 'made-by-todo', status: 'pending' }] } },
  { name: 'export_chat', input: { path: 'made-by-export' } },
];

it('runs nothing that changes something until the plan is approved, also after a kill in the middle', async () => {
  expect((await client.send('/plan')).body.response).toContain('Plan mode is on');
  expect(await session()).toEqual({ mode: true, ready: false });
  served.model.enqueue(
    reply.toolCalls([...CHANGING, { name: 'glob', input: { pattern: '**/*' } }]),
    reply.hang(),
  );
  const { body: started } = await client.post('/api/send_stream', { message: 'make the files' });
  await expect.poll(() => served.model.requests.length, { timeout: 15_000 }).toBe(2);
  expect(served.model.requests[0]?.toolNames).toContain('read_file');
  expect(served.model.requests[0]?.toolNames).not.toContain('write_file');
  await served.server.kill();
  served.model.enqueue(reply.toolCalls(CHANGING), reply.text('1. make the files'));
  await served.restart();
  client = client.at(served.server.url);
  await expect
    .poll(async () => (await client.get(`/api/run_status?run_id=${String(started.run_id)}`)).body.state, {
      timeout: 20_000,
    })
    .toBe('done');
  expect(await session()).toEqual({ mode: true, ready: true });
  expect(await files()).not.toContain('made-by');
  const refusals = served.model.requests[1]?.toolResults.filter((text) => text.includes('Plan mode: '));
  expect(refusals).toHaveLength(CHANGING.length);

  served.model.enqueue(reply.toolCalls([CHANGING[1]!]), reply.text('made'));
  const { body } = await client.send('approve');
  expect(body.response).toBe('made');
  expect(await files()).toContain('made-by-write');
  expect(served.model.requests.at(-1)?.toolNames).toContain('write_file');
  expect(await session()).toEqual({ mode: false, ready: false });
});

it('forgets a plan with the context it was made in, and the mode with the chat', async () => {
  await client.send('/plan');
  served.model.enqueue(reply.text('1. do it'));
  expect((await client.send('what would you do?')).body.response).toContain('📋 Plan mode:');
  expect(await session()).toEqual({ mode: true, ready: true });
  await client.post('/api/reset', { session_key: 'main' });
  expect(await session()).toEqual({ mode: true, ready: false });
  await client.post('/api/delete_session', { session_key: 'main' });
  served.model.enqueue(reply.text('plain'));
  expect((await client.send('hello')).body.response).toBe('plain');
});
