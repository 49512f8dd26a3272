/**
 * The explanation of the tool policy in the real program: over HTTP, at the command line, and what refused calls say.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ApiClient, setUpOperator } from '../support/api-client.ts';
import { type FakeModelServer, startFakeModel } from '../support/fake-model/fake-model-server.ts';
import { reply } from '../support/fake-model/reply.ts';
import {
  createHome,
  type MicroclawHome,
  type RunningMicroclaw,
  runMicroclaw,
  startMicroclaw,
} from '../support/microclaw-process.ts';

let model: FakeModelServer;
let home: MicroclawHome;
let server: RunningMicroclaw | undefined;
let client: ApiClient;

beforeEach(async () => {
  model = await startFakeModel();
});
afterEach(async () => {
  await server?.stop();
  server = undefined;
  await home.dispose();
  await model.stop();
});

async function start(config: Readonly<Record<string, unknown>> = {}): Promise<void> {
  home = await createHome({
    ...model.config,
    ...config,
  });
  server = await startMicroclaw(home);
  client = await setUpOperator(server);
}

interface Step {
  readonly decision: string;
  readonly rule: string;
}

/** Calls the tool for real, and compares what the refusal says with the explanation. */
async function refusedAs(name: string, input: Readonly<Record<string, unknown>>): Promise<string> {
  const asked = await client.post('/api/policy/explain', { tool: name, input });
  expect(asked.body).toMatchObject({ ok: true, decision: 'block' });
  model.enqueue(reply.toolCalls([{ id: 'call-1', name, input }]), reply.text('done'));
  expect((await client.send(`use ${name}`)).status).toBe(200);
  const { body } = await client.get('/api/audit?limit=20');
  const [row] = body.logs as { kind: string; target: string | null; status: string; detail: string | null }[];
  expect(row).toMatchObject({ target: name, status: 'blocked' });
  const blocking = (asked.body.steps as Step[]).find(({ decision }) => decision === 'block');
  expect(`${row?.kind} ${row?.detail}`).toContain(blocking?.rule);
  return blocking?.rule ?? '';
}

it('a refused call names in its audit entry the rule that the explanation names', async () => {
  await start({
    tool_policy: { mode: 'block', deny_tools: ['todo_read'] },
    egress_policy: { mode: 'block', deny_hosts: ['bad.example'], block_private_ips: false },
  });
  expect(await refusedAs('todo_read', {})).toBe('tool_policy.deny_tools');
  expect(await refusedAs('bash', { command: 'curl http://bad.example' })).toBe('egress_policy');
  expect(await refusedAs('read_file', { path: '../../x' })).toBe('path_guard.outside');
  expect(await refusedAs('web_fetch', { url: 'ftp://ok.example/' })).toBe('egress_policy');
  expect(await refusedAs('todo_read', { chat_id: 4711 })).toBe('control_chat_ids');
  expect(await refusedAs('write_memory', { scope: 'global', content: 'x' })).toBe('write_memory_scope');
});

it('an address that the rules of web_fetch forbid is refused by the key that the explanation names', async () => {
  await start();
  expect(await refusedAs('web_fetch', { url: 'http://10.0.0.1/' })).toBe(
    'web_fetch_url_validation.block_private_ips',
  );
});

it('an explanation leaves no audit entry and no secret in the log', async () => {
  await start();
  const before = (await client.get('/api/audit?limit=50')).body.logs;
  const input = { command: 'sudo echo open-sesame-42' };
  expect((await client.post('/api/policy/explain', { tool: 'bash', input })).body.decision).toBe('ask');
  expect((await client.post('/api/policy/explain', { tool: 'bsah', input })).status).toBe(404);
  expect(
    (await client.post('/api/policy/explain', { tool: 'bash', session_key: 'nobody' })).body,
  ).toMatchObject({
    ok: false,
    error: 'session not found',
  });
  expect((await client.get('/api/audit?limit=50')).body.logs).toEqual(before);
  expect(server?.log()).not.toContain('open-sesame-42');
});

it('the command line says the decision by its exit code, with a server and without', async () => {
  await start({
    tool_policy: { mode: 'block', deny_tools: ['todo_write'] },
    high_risk_tool_user_confirmation_required: true,
  });
  await writeFile(join(home.dir, 'call.json'), '{"command":"ls"}');
  const explain = (...args: string[]) => runMicroclaw(home, ['policy', 'explain', ...args]);
  const answers = async () => {
    const results = [
      await explain('todo_read'),
      await explain('bash', '--input', '@call.json'),
      await explain('todo_write', '--json'),
      await runMicroclaw(home, ['policy', 'list']),
      await explain('bsah'),
    ];
    return results.map(({ code, stdout }) => ({ code, stdout }));
  };
  const running = await answers();
  expect(running.map(({ code }) => code)).toEqual([0, 3, 4, 0, 1]);
  expect(running[1]?.stdout).toContain('rule high_risk_tool_user_confirmation_required. ');
  expect(JSON.parse(running[2]?.stdout ?? '')).toMatchObject({ decision: 'block' });
  expect(running[3]?.stdout).toMatch(/^todo_write +medium +side_effect +block +30 s$/m);
  await server?.stop();
  server = undefined;
  expect(await answers()).toEqual(running);
});
