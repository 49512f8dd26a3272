import { afterEach, beforeEach, expect, test } from 'vitest';
import { testTool } from '../../../test/support/agent-harness.ts';
import { HttpHarness } from '../../../test/support/http-harness.ts';
import { answerCalls, answerText } from '../../../test/support/scripted-model.ts';
import { llmErrors } from '../../llm/errors.ts';

const LONG = 'x'.repeat(20_000);

let http: HttpHarness;
let key: string;
beforeEach(async () => {
  http = await HttpHarness.create({
    tools: [testTool('echo', async (value) => ({ content: value.slice(0, 10) }))],
  });
  key = await http.key('read');
});
afterEach(() => http.dispose());

const history = async (query: string) => (await http.get(`/api/history${query}`, { key })).body;
const contents = (body: { messages: { content: string }[] }) =>
  body.messages.map((message) => message.content);

test('pages follow each other in both directions', async () => {
  const chat = await http.agent.chat();
  for (let index = 1; index <= 5; index += 1) {
    await http.agent.repositories.messages.insert({
      id: `m${index}`,
      chatId: chat.chatId,
      senderName: 'ann',
      content: `${index}`,
      isFromBot: false,
    });
  }
  const newest = await history('?limit=2');
  expect([contents(newest), newest.has_more]).toEqual([['4', '5'], true]);
  const older = await history(`?limit=2&before=${newest.messages[0].seq}`);
  expect([contents(older), older.has_more]).toEqual([['2', '3'], true]);
  const oldest = await history(`?limit=2&before=${older.messages[0].seq}`);
  expect([contents(oldest), oldest.has_more]).toEqual([['1'], false]);
  const forward = await history(`?limit=2&after=${oldest.messages[0].seq}`);
  expect([contents(forward), forward.has_more]).toEqual([['2', '3'], true]);
  expect(contents(await history('?limit=0'))).toEqual([]);
  expect(contents(await history('?session_key=main&limit=100000'))).toHaveLength(5);
});

test('a page has the tool calls of its runs, in the model’s order, and each message its run', async () => {
  http.agent.model.enqueue(
    answerCalls(
      { id: 'c1', name: 'echo', input: { value: 'a' } },
      { id: 'c2', name: 'echo', input: { value: 'b' } },
    ),
    answerText('done'),
  );
  const runId = await http.agent.submit('go');
  await http.agent.agent.waitForEnd(runId);
  const body = await history('');
  expect(body.messages.map((message: { run_id: string }) => message.run_id)).toEqual([runId, runId]);
  expect(body.tool_calls).toMatchObject([
    { run_id: runId, tool_use_id: 'c1', name: 'echo', input: { value: 'a' }, output: 'a', state: 'finished' },
    { run_id: runId, tool_use_id: 'c2', is_error: false, is_cut: false, bytes: 1, summary: 'b' },
  ]);
});

test('a page says how its runs ended', async () => {
  const refused = llmErrors.create('AUTH', 'The model provider refused the API key.');
  http.agent.model.enqueue(async () => {
    throw refused;
  }, answerText('fine'));
  for (const text of ['fail', 'work']) await http.agent.send(text);
  const { runs, messages } = await history('');
  const byState = Object.fromEntries(runs.map((run: { state: string }) => [run.state, run]));
  expect(byState.error).toEqual({
    run_id: messages[0].run_id,
    state: 'error',
    error_code: refused.code,
    error_message: refused.message,
    error_hint: refused.hint,
  });
  expect(byState.done).toMatchObject({ run_id: messages[2].run_id, error_code: null });
});

test('long texts of tool calls are cut', async () => {
  http.agent.model.enqueue(
    answerCalls({ id: 'c1', name: 'echo', input: { value: LONG } }),
    answerText('done'),
  );
  await http.agent.send('go');
  const [call] = (await history('')).tool_calls;
  expect([call.is_cut, call.input.value.length, call.output]).toEqual([true, 8192, 'xxxxxxxxxx']);
});

test.each(['limit=abc', 'before=1.5', 'after='])(
  'a query that is no number is refused: %s',
  async (query) => {
    const answer = await http.get(`/api/history?${query}`, { key });
    expect([answer.status, answer.body.code]).toEqual([400, 'MC_HTTP_INVALID_QUERY']);
  },
);
