import { afterEach, expect, test } from 'vitest';
import { testTool } from '../../../test/support/agent-harness.ts';
import { HttpHarness } from '../../../test/support/http-harness.ts';
import { answerCalls } from '../../../test/support/scripted-model.ts';

let http: HttpHarness;
afterEach(() => http.dispose());

async function start(): Promise<{ ran: string[]; key: string }> {
  const ran: string[] = [];
  const shell = testTool(
    'shell',
    async (value) => {
      ran.push(value);
      return { content: 'ran' };
    },
    { risk: 'high' },
  );
  http = await HttpHarness.create({ tools: [shell], agent: { approvalTimeoutMs: 60_000 } });
  http.agent.model.enqueue(answerCalls({ id: 'call-1', name: 'shell', input: { value: 'one' } }));
  return { ran, key: await http.key('read', 'write', 'approvals') };
}

const send = (key: string) => http.post('/api/send', { key, body: { message: 'go' } });

test('send answers as soon as a call waits; the approval lets that call run', async () => {
  const { ran, key } = await start();
  const { body } = await send(key);
  expect(body).toMatchObject({
    state: 'approval_required',
    response: expect.stringContaining('1. Approve once'),
    approval: { tool: 'shell', state: 'pending', risk: 'high', reasons: [{ code: 'high_risk' }] },
  });
  const { approval, run_id: runId } = body;
  expect((await http.get('/api/approvals', { key })).body.approvals).toEqual([approval]);
  expect((await http.get(`/api/run_status?run_id=${runId}`, { key })).body).toMatchObject({
    state: 'running',
    waiting_approval: approval.approval_id,
  });
  expect((await http.get('/api/sessions', { key })).body.sessions).toMatchObject([
    { waiting_approval: true },
  ]);
  expect(ran).toEqual([]);
  const path = `/api/approvals/${approval.approval_id}`;
  const answer = await http.post(path, { key, body: { decision: 'always' } });
  expect(answer.body.approval).toMatchObject({
    state: 'approved',
    decision: 'always',
    answered_by: 'api-key:1',
  });
  expect((await http.agent.agent.waitForEnd(runId)).kind).toBe('done');
  expect(ran).toEqual(['one']);
  const again = await http.post(path, { key, body: { decision: 'once' } });
  expect([again.status, again.body.error]).toEqual([409, 'approval is already approved']);
  expect((await http.get('/api/approvals', { key })).body.approvals).toEqual([]);
  expect((await http.get('/api/approvals?state=all', { key })).body.approvals).toHaveLength(1);
  const { grants } = (await http.get('/api/approvals/grants', { key })).body;
  expect(grants).toMatchObject([{ session_key: 'main', tool: 'shell', granted_by: 'api-key:1' }]);
  const revoke = () => http.request('DELETE', `/api/approvals/grants/${grants[0].chat_id}/shell`, { key });
  expect((await revoke()).body).toEqual({ ok: true, revoked: true });
  expect((await revoke()).body).toEqual({ ok: true, revoked: false });
});

test('answering takes the scope for it, and a question that exists', async () => {
  const { key } = await start();
  const { body } = await send(key);
  const path = `/api/approvals/${body.approval.approval_id}`;
  const decision = { decision: 'once' };
  const others = await http.key('read', 'write');
  expect((await http.post(path, { key: others, body: decision })).status).toBe(403);
  const unknown = await http.post('/api/approvals/apv_1', { key, body: decision });
  expect([unknown.status, unknown.body.error]).toEqual([404, 'approval not found']);
  expect((await http.post(path, { key, body: { decision: 'yes' } })).status).toBe(422);
});
