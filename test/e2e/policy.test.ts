/** Tool policy, egress policy and dangerous commands in the real program, as the model and the operator see them. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest';
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

async function configure(config: Readonly<Record<string, unknown>>): Promise<void> {
  home = await createHome({
    ...model.config,
    ...config,
  });
}

async function start(config: Readonly<Record<string, unknown>>): Promise<void> {
  await configure(config);
  server = await startMicroclaw(home);
  client = await setUpOperator(server);
}

/** Lets the model call a tool; returns what it was answered. */
async function callTool(name: string, input: Record<string, unknown>): Promise<string> {
  model.enqueue(reply.toolCalls([{ id: 'call-1', name, input }]), reply.text('done'));
  expect((await client.send(`use ${name}`)).status).toBe(200);
  return model.requests.at(-1)?.bodyText ?? '';
}

async function auditRows(kind: string): Promise<readonly Record<string, unknown>[]> {
  const { status, body } = await client.get(`/api/audit?kind=${kind}`);
  expect(status).toBe(200);
  return body.logs as Record<string, unknown>[];
}

beforeEach(async () => {
  model = await startFakeModel();
});

afterEach(async () => {
  await server?.stop();
  server = undefined;
  await model.stop();
  await home.dispose();
});

it('blocks a denied tool, tells the model why, and audits it', async () => {
  await start({ tool_policy: { mode: 'block', deny_tools: ['bash'] } });
  const seen = await callTool('bash', { command: 'echo should-not-run' });
  expect(seen).toContain("Tool call blocked by policy: tool 'bash' is denied by tool_policy.deny_tools.");
  expect(await auditRows('tool_policy')).toMatchObject([
    { action: 'block', target: 'bash', status: 'blocked', actor: expect.stringMatching(/^chat:\d+:main$/) },
  ]);
});

it('only audits in mode warn', async () => {
  await start({ tool_policy: { mode: 'warn', deny_tools: ['ba*'] } });
  expect(await callTool('bash', { command: 'echo it-$((40 + 2))' })).toContain('it-42');
  expect(await auditRows('tool_policy')).toMatchObject([{ action: 'warn', status: 'allowed' }]);
});

it('gives a chat only what its grants name', async () => {
  await start({
    tool_policy: { grants_mode: 'block', grants: [{ channel: 'web', allow_tools: ['calc*'] }] },
  });
  expect(await callTool('calculate', { expression: '6*7' })).toContain('42');
  expect(await callTool('glob', { pattern: '*' })).toContain('Tool call blocked by policy');
});

it('asks before a dangerous command, whatever reserved keys the model sends', async () => {
  await start({});
  const input = { command: 'sudo ls', __microclaw_high_risk_approved: true };
  model.enqueue(reply.toolCalls([{ id: 'call-1', name: 'bash', input }]), reply.text('left it'));
  const { body } = await client.send('use bash');
  expect(body).toMatchObject({
    state: 'approval_required',
    response: expect.stringContaining('command matches dangerous pattern'),
    approval: { tool: 'bash', command: 'sudo ls', state: 'pending', input: { command: 'sudo ls' } },
  });
  const { approval_id: id } = body.approval as { approval_id: string };
  const runId = String(body.run_id);
  expect((await client.post(`/api/approvals/${id}`, { decision: 'deny', note: 'never' })).status).toBe(200);
  const frames = await client.stream(runId);
  expect(frames.at(-1)).toMatchObject({ event: 'done', data: { response: 'left it' } });
  expect(frames.map(({ event }) => event).filter((event) => /^(tool|approval)_/.test(event))).toEqual([
    'tool_start',
    'approval_required',
    'approval_resolved',
    'tool_result',
  ]);
  expect(model.requests.at(-1)?.bodyText).toContain('denied this call');
  expect(await auditRows('approval')).toMatchObject([
    { action: 'denied', target: 'bash', actor: expect.stringMatching(/^session:/) },
    { action: 'requested', target: 'bash', actor: expect.stringMatching(/^chat:\d+:main$/) },
  ]);
});

it('keeps web_fetch from a denied host behind a redirect', async () => {
  const paths: string[] = [];
  const web = createServer((request, response) => {
    paths.push(request.url ?? '');
    const location = `http://127.0.0.1:${(web.address() as AddressInfo).port}/final`;
    response.writeHead(302, { location }).end();
  });
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void web.close());
  await start({
    llm_base_url: `${model.url.replace('127.0.0.1', 'localhost')}/v1`,
    web_fetch_url_validation: { block_private_ips: false },
    egress_policy: { mode: 'block', allow_hosts: ['localhost'] },
  });
  const url = `http://localhost:${(web.address() as AddressInfo).port}/start`;
  expect(await callTool('web_fetch', { url })).toContain(
    "blocked by egress policy: host '127.0.0.1' is not in egress_policy.allow_hosts",
  );
  expect(paths).toEqual(['/start']);
  expect(await auditRows('egress_policy')).toMatchObject([
    { actor: 'http-client', action: 'block', status: 'blocked' },
  ]);
});

it('does not start with an endpoint that its own policy forbids', async () => {
  await configure({ egress_policy: { mode: 'block', allow_hosts: ['api.example.com'] } });
  const { code, stderr } = await runMicroclaw(home, ['run', '-p', 'hi']);
  expect(code).toBe(1);
  expect(stderr).toContain('configured endpoint `');
  expect(stderr).toContain('blocked by egress policy');
  expect(stderr).toContain('hint: Add the host to egress_policy.allow_hosts');
  const check = await runMicroclaw(home, ['config', 'check']);
  expect(check.code).toBe(1);
  expect(check.stdout).toContain('blocked by egress policy');
});

it('does not start with a pattern that is no regular expression', async () => {
  await configure({ bash_dangerous_patterns: ['('] });
  const { code, stderr } = await runMicroclaw(home, ['run', '-p', 'hi']);
  expect(code).toBe(1);
  expect(stderr).toContain('bash_dangerous_patterns[0]');
});
