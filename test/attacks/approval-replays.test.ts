/** Answers to a question about a tool call, used where they do not belong: each lets nothing run. */
import { afterEach, describe, expect, it } from 'vitest';
import { PROCEED, refuse, type ToolPorts } from '../../src/tools/ports.ts';
import { testTool } from '../support/agent-harness.ts';
import { HttpHarness } from '../support/http-harness.ts';
import { answerCalls } from '../support/scripted-model.ts';

let http: HttpHarness;
let ran: string[] = [];
afterEach(async () => {
  await http.dispose();
  ran = [];
});

async function start(
  options: {
    readonly timeoutMs?: number;
    readonly toolHooks?: ToolPorts['hooks'];
    readonly toolPolicy?: ToolPorts['policy'];
  } = {},
): Promise<void> {
  const tools = ['shell', 'deploy'].map((name) =>
    testTool(
      name,
      async (value) => {
        ran.push(`${name} ${value}`);
        return { content: 'ran' };
      },
      { risk: 'high', concurrency: 'exclusive' },
    ),
  );
  const { timeoutMs = 60_000, ...ports } = options;
  const agent = { approvalTimeoutMs: timeoutMs, ...ports };
  http = await HttpHarness.create({ tools, agent });
}

/** Sends a message whose answer is a call that waits; the id of its question. */
async function ask(key: string, options: { session?: string; tool?: string; value?: string } = {}) {
  const { session = 'main', tool = 'shell', value = 'one' } = options;
  http.agent.model.enqueue(answerCalls({ id: 'call-1', name: tool, input: { value } }));
  const { body } = await http.post('/api/send', { key, body: { message: 'go', session_key: session } });
  expect(body.state).toBe('approval_required');
  return { id: String(body.approval.approval_id), runId: String(body.run_id) };
}

const answer = (key: string, id: string, decision = 'once') =>
  http.post(`/api/approvals/${id}`, { key, body: { decision } });
const say = (key: string, message: string, session = 'main') =>
  http.post('/api/send', { key, body: { message, session_key: session } });
const stateOf = async (id: string) => (await http.agent.repositories.approvals.find(id))?.state;
const stop = (runId: string) => http.agent.agent.abortRun(runId);

describe('a credential without the scope operator.approvals', () => {
  it.each([['read'], ['write'], ['read', 'write']])('cannot answer over HTTP with %s', async (...scopes) => {
    await start();
    const { id, runId } = await ask(await http.key('write'));
    const weak = await http.key(...scopes);
    for (const decision of ['once', 'always', 'deny']) {
      expect((await answer(weak, id, decision)).status).toBe(403);
    }
    expect([await stateOf(id), ran]).toEqual(['pending', []]);
    await stop(runId);
  });

  it.each(['1', 'yes', 'APPROVE', '2', 'always', '确认'])(
    'cannot approve its own call with the message %j, and is told why',
    async (message) => {
      await start();
      const key = await http.key('write');
      const { id, runId } = await ask(key);
      const refused = await say(key, message);
      expect(refused).toMatchObject({
        status: 403,
        body: {
          error: 'approving a tool call needs the scope operator.approvals',
          hint: expect.stringContaining('operator.approvals'),
        },
      });
      expect([await stateOf(id), ran]).toEqual(['pending', []]);
      expect((await http.get('/api/approvals/grants', { key: await http.key('read') })).body.grants).toEqual(
        [],
      );
      await stop(runId);
    },
  );

  it('may still withdraw its own call', async () => {
    await start();
    const key = await http.key('write');
    const { id } = await ask(key);
    await say(key, '3');
    expect([await stateOf(id), ran]).toEqual(['denied', []]);
  });

  it('answers nothing in the query, as another method, or with the id in another case', async () => {
    await start();
    const { id, runId } = await ask(await http.key('write'));
    const strong = await http.key('approvals');
    expect((await http.get(`/api/approvals/${id}?decision=once`, { key: strong })).status).toBe(405);
    expect((await http.request('PUT', `/api/approvals/${id}`, { key: strong })).status).toBe(405);
    expect((await answer(strong, id.toUpperCase())).status).toBe(404);
    expect((await answer(strong, `${id}%00`)).status).toBe(404);
    expect((await answer(strong, `${id.slice(0, -1)}%25`)).status).toBe(404);
    expect([await stateOf(id), ran]).toEqual(['pending', []]);
    await stop(runId);
  });
});

describe('another sender', () => {
  it('with every scope does not answer by a message in the chat of somebody else', async () => {
    await start();
    const { id, runId } = await ask(await http.key('write'));
    const other = await http.key('write', 'approvals');
    await http.post('/api/send_stream', { key: other, body: { message: '1', session_key: 'main' } });
    expect([await stateOf(id), ran]).toEqual(['pending', []]);
    await stop(runId);
  });

  it('does not answer from another chat', async () => {
    await start();
    const key = await http.key('write', 'approvals');
    const { id, runId } = await ask(key);
    await say(key, '1', 'another');
    expect([await stateOf(id), ran]).toEqual(['pending', []]);
    await stop(runId);
  });
});

describe('an answer', () => {
  it('given by eight clients at once is taken from one of them, and the call runs once', async () => {
    await start();
    const key = await http.key('write', 'approvals');
    const { id, runId } = await ask(key);
    const answers = await Promise.all(Array.from({ length: 8 }, () => answer(key, id)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(7).fill(409)]);
    await http.agent.agent.waitForEnd(runId);
    expect(ran).toEqual(['shell one']);
  });

  it('that approves and one that denies at once: what was answered is what happened', async () => {
    await start();
    const key = await http.key('write', 'approvals');
    const { id, runId } = await ask(key);
    const [deny] = await Promise.all([answer(key, id, 'deny'), answer(key, id, 'once')]);
    await http.agent.agent.waitForEnd(runId);
    expect(ran).toEqual(deny.status === 200 ? [] : ['shell one']);
  });

  it.each(['once', 'always'])(
    '%s that came too late lets nothing run and grants nothing',
    async (decision) => {
      await start({ timeoutMs: 20 });
      const key = await http.key('read', 'write', 'approvals');
      const { id, runId } = await ask(key);
      await http.agent.agent.waitForEnd(runId);
      expect(await answer(key, id, decision)).toMatchObject({
        status: 409,
        body: { error: 'approval is already expired' },
      });
      expect((await http.get('/api/approvals/grants', { key })).body.grants).toEqual([]);
      expect(ran).toEqual([]);
    },
  );

  it('holds for one call: the same call of the same chat asks again', async () => {
    await start();
    const key = await http.key('write', 'approvals');
    const first = await ask(key);
    await answer(key, first.id);
    await http.agent.agent.waitForEnd(first.runId);
    const second = await ask(key);
    expect(second.id).not.toBe(first.id);
    expect((await answer(key, first.id)).status).toBe(409);
    expect(ran).toEqual(['shell one']);
    await stop(second.runId);
  });

  it('does not outweigh a policy that forbids the tool meanwhile', async () => {
    let isForbidden = false;
    const check = async () => (isForbidden ? refuse('tool_policy_blocked', 'forbidden meanwhile') : PROCEED);
    await start({ toolPolicy: { check } });
    const key = await http.key('write', 'approvals');
    const { id, runId } = await ask(key);
    isForbidden = true;
    await answer(key, id);
    await http.agent.agent.waitForEnd(runId);
    expect(ran).toEqual([]);
    expect(http.agent.model.lastRequestText()).toContain('forbidden meanwhile');
  });

  it('is not repeated by a restart', async () => {
    await start();
    const key = await http.key('write', 'approvals');
    const { id, runId } = await ask(key);
    await answer(key, id);
    await http.agent.agent.waitForEnd(runId);
    await http.agent.restart();
    expect((await http.agent.agent.find(runId))?.state).toBe('done');
    expect(ran).toEqual(['shell one']);
  });
});

describe('a standing approval', () => {
  it.each([
    ['of another chat', { session: 'another' }],
    ['of another tool', { tool: 'deploy' }],
  ])('is not one %s', async (_name, changed) => {
    await start();
    const key = await http.key('write', 'approvals');
    const first = await ask(key);
    await answer(key, first.id, 'always');
    await http.agent.agent.waitForEnd(first.runId);
    const { id, runId } = await ask(key, changed);
    expect([await stateOf(id), ran]).toEqual(['pending', ['shell one']]);
    await stop(runId);
  });

  it('that was taken back is none', async () => {
    await start();
    const key = await http.key('read', 'write', 'approvals');
    const first = await ask(key);
    await answer(key, first.id, 'always');
    await http.agent.agent.waitForEnd(first.runId);
    const [grant] = (await http.get('/api/approvals/grants', { key })).body.grants;
    const path = `/api/approvals/grants/${grant.chat_id}/shell`;
    expect((await http.request('DELETE', path, { key: await http.key('read', 'write') })).status).toBe(403);
    expect((await http.request('DELETE', path, { key })).body.revoked).toBe(true);
    const { id, runId } = await ask(key);
    expect(await stateOf(id)).toBe('pending');
    await stop(runId);
  });
});

describe('what the person sees', () => {
  it.each([
    ['after four hundred harmless characters', `${'echo a; '.repeat(400)}evil`],
    ['after many empty lines', `echo a${'\n'.repeat(3000)}evil`],
  ])('holds what stands %s', async (_name, value) => {
    await start();
    const key = await http.key('read', 'write');
    http.agent.model.enqueue(answerCalls({ id: 'call-1', name: 'shell', input: { value } }));
    const { body } = await http.post('/api/send', { key, body: { message: 'go' } });
    expect(body.response).toContain('evil');
    expect(body.approval.input).toEqual({ value });
    await stop(body.run_id);
  });

  it.each([
    '\u202e', // right to left from here
    '\u2066',
    '\u200b',
    '\u00ad',
    '\u00a0',
    '\u3164',
    '\u2800',
    '\ufe0f',
    '\u{e0101}',
    '\u{e0061}', // a tag
    '\u001b',
    '\r',
    '\b',
    '\u2028',
    '\ue000',
  ])('spells %j out', async (character) => {
    await start();
    const key = await http.key('read', 'write');
    const value = `echo a${character}b`;
    http.agent.model.enqueue(answerCalls({ id: 'call-1', name: 'shell', input: { value } }));
    const { body } = await http.post('/api/send', { key, body: { message: 'go' } });
    const spelled = `echo a\\u{${character.codePointAt(0)?.toString(16)}}b`;
    expect(body.approval.input.value).toBe(spelled);
    expect(body.response).toContain(JSON.stringify(spelled));
    await stop(body.run_id);
  });
});

describe('a hook that changes the call', () => {
  /** Writes another value into every call, the next one each time it is asked. */
  function changing(values: readonly string[]): ToolPorts['hooks'] {
    let round = 0;
    return {
      before: async (call) => {
        const value = values[Math.min(round, values.length - 1)] ?? '';
        round += 1;
        return { ...PROCEED, input: { ...call.input, value } };
      },
      after: async (_call, outcome) => outcome,
    };
  }

  it('is seen by the person: the question shows what would run, and that runs', async () => {
    await start({ toolHooks: changing(['changed']) });
    const key = await http.key('read', 'write', 'approvals');
    const { id, runId } = await ask(key);
    const [shown] = (await http.get('/api/approvals', { key })).body.approvals;
    expect(shown.input).toEqual({ value: 'changed' });
    await answer(key, id);
    await http.agent.agent.waitForEnd(runId);
    expect(ran).toEqual(['shell changed']);
  });

  it('to something else after a restart gets nothing of the approval', async () => {
    await start({ toolHooks: changing(['harmless', 'harmful']) });
    const { runId } = await ask(await http.key('write'));
    const open = http.agent.approvals.openOfRun(runId);
    await http.agent.agent.stop(0);
    await http.agent.repositories.approvals.answer(open?.approvalId ?? '', {
      decision: 'once',
      note: null,
      answeredBy: 'operator',
    });
    await http.agent.restart();
    await http.agent.agent.waitForEnd(runId);
    expect(ran).toEqual([]);
  });
});
