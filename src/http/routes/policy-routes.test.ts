import { afterEach, beforeEach, expect, test } from 'vitest';
import { HttpHarness } from '../../../test/support/http-harness.ts';
import { toolErrors } from '../../tools/errors.ts';
import type { PolicyQuestion } from '../policy-port.ts';

let http: HttpHarness;
let key: string;
let asked: PolicyQuestion[] = [];

beforeEach(async () => {
  http = await HttpHarness.create();
  key = await http.key('read');
  asked = [];
  const answer = http.explain;
  http.explain = (question) => {
    asked.push(question);
    return answer(question);
  };
});
afterEach(() => http.dispose());

const explain = (body: unknown) => http.request('POST', '/api/policy/explain', { body, key });

test('the question is passed on and the steps come back in the form of the API', async () => {
  http.explain = async () => ({
    tool: 'bash',
    sessionKey: 'main',
    principal: 'main',
    decision: 'block',
    steps: [
      {
        step: 'tool_policy',
        decision: 'block',
        rule: 'tool_policy.deny_tools',
        reason: 'r',
        howToChange: 'h',
      },
    ],
    notes: ['n'],
  });
  const { status, body } = await explain({ tool: 'bash', input: { command: 'ls' }, tainted: true });
  expect(status).toBe(200);
  expect(body).toEqual({
    ok: true,
    tool: 'bash',
    session_key: 'main',
    principal: 'main',
    decision: 'block',
    steps: [
      {
        step: 'tool_policy',
        decision: 'block',
        rule: 'tool_policy.deny_tools',
        reason: 'r',
        how_to_change: 'h',
      },
    ],
    notes: ['n'],
  });
});

test('a chat can be named by key or by id, not by both', async () => {
  await explain({ tool: 'bash', session_key: 'main' });
  await explain({ tool: 'bash', chat_id: 7 });
  expect(asked.map(({ sessionKey }) => sessionKey)).toEqual(['main', 'chat:7']);
  expect((await explain({ tool: 'bash', session_key: 'main', chat_id: 7 })).status).toBe(400);
});

test('an input that is no object is refused with 400', async () => {
  for (const input of ['ls', ['ls'], 5, null]) {
    const { status, body } = await explain({ tool: 'bash', input });
    expect(status).toBe(400);
    expect(body).toMatchObject({ ok: false, error: 'input: must be an object' });
  }
  expect(asked).toEqual([]);
});

test('an unknown tool is 404, an input that the tool does not take 400', async () => {
  http.explain = async () => {
    throw toolErrors.create('UNKNOWN_TOOL', 'unknown tool: bsah — did you mean `bash`?');
  };
  expect(await explain({ tool: 'bsah' })).toMatchObject({
    status: 404,
    body: { ok: false, error: 'unknown tool: bsah — did you mean `bash`?', code: 'MC_TOOLS_UNKNOWN_TOOL' },
  });
  http.explain = async () => {
    throw toolErrors.create('INVALID_INPUT', "input: Missing 'command' parameter");
  };
  expect((await explain({ tool: 'bash', input: {} })).status).toBe(400);
});
