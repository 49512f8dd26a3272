import { afterEach, beforeEach, expect, test } from 'vitest';
import { HttpHarness } from '../../../test/support/http-harness.ts';

let http: HttpHarness;
let key: string;
beforeEach(async () => {
  http = await HttpHarness.create();
  key = await http.key('read', 'write');
});
afterEach(() => http.dispose());

test('the runtime tells its version, uptime and model', async () => {
  http.clock.advance(61_000);
  const { body } = await http.get('/api/runtime', { key });
  expect(body).toEqual({
    ok: true,
    version: '9.9.9',
    uptime_seconds: 61,
    model: { provider: 'scripted', model: 'script', offline: false },
  });
});

test('the tool catalog shows risk, class and effective timeout', async () => {
  expect((await http.get('/api/tools', { key })).body.tools).toEqual([
    {
      name: 'read_file',
      description: 'Reads a file.',
      risk: 'low',
      concurrency: 'read_only',
      timeout_secs: 30,
      timeout_source: 'builtin',
    },
  ]);
});

test('usage is told for the session and for all, as numbers and as text', async () => {
  for (const session of ['main', 'other']) {
    await http.post('/api/send', { key, body: { message: 'hi', session_key: session } });
  }
  const { body } = await http.get('/api/usage?session_key=main', { key });
  expect(body).toMatchObject({ ok: true, session_key: 'main', chat_id: 1 });
  expect(body.usage.chat.all_time).toMatchObject({
    requests: 1,
    input_tokens: 10,
    output_tokens: 5,
    total_tokens: 15,
    cost_usd: 0,
  });
  expect(body.usage.global.last_24h.requests).toBe(2);
  expect(body.usage.global.by_model).toMatchObject([{ provider: 'scripted', model: 'script', requests: 2 }]);
  expect(body.report).toContain('1 requests');
  expect((await http.get('/api/usage?session_key=nope', { key })).status).toBe(404);
});
