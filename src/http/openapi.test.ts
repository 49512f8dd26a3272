import { afterAll, beforeAll, expect, test } from 'vitest';
import { HttpHarness } from '../../test/support/http-harness.ts';

let http: HttpHarness;
beforeAll(async () => {
  http = await HttpHarness.create();
});
afterAll(() => http.dispose());

test('the document describes every path with its methods, scopes and shapes', async () => {
  const { status, body } = await http.get('/api/openapi.json');
  expect(status).toBe(200);
  expect(body.openapi).toBe('3.1.0');
  expect(Object.keys(body.paths).sort()).toEqual([
    '/api/approvals',
    '/api/approvals/grants',
    '/api/approvals/grants/{chat_id}/{tool}',
    '/api/approvals/{approval_id}',
    '/api/audit',
    '/api/audit/verify',
    '/api/auth/api_keys',
    '/api/auth/api_keys/{id}',
    '/api/auth/api_keys/{id}/rotate',
    '/api/auth/login',
    '/api/auth/logout',
    '/api/auth/password',
    '/api/auth/sessions',
    '/api/auth/sessions/{id}',
    '/api/auth/status',
    '/api/chat',
    '/api/chat_stream',
    '/api/config',
    '/api/config/reload',
    '/api/config/schema',
    '/api/config/self_check',
    '/api/delete_session',
    '/api/health',
    '/api/health/ready',
    '/api/history',
    '/api/hooks',
    '/api/hooks/agent',
    '/api/hooks/wake',
    '/api/hooks/{name}/disable',
    '/api/hooks/{name}/enable',
    '/api/openapi.json',
    '/api/policy/explain',
    '/api/reset',
    '/api/run_status',
    '/api/runs/{run_id}/abort',
    '/api/runtime',
    '/api/send',
    '/api/send_stream',
    '/api/sessions',
    '/api/sessions/fork',
    '/api/sessions/tree',
    '/api/stream',
    '/api/tools',
    '/api/usage',
    '/health',
    '/hooks/agent',
    '/hooks/wake',
  ]);
  const send = body.paths['/api/send'].post;
  expect(send.description).toBe('Needs the scope `operator.write`.');
  const schema = send.requestBody.content['application/json'].schema;
  expect(schema.required).toEqual(['message']);
  expect(schema.properties.message).toEqual({ type: 'string' });
  const history = body.paths['/api/history'].get;
  expect(history.parameters.map((parameter: { name: string }) => parameter.name)).toEqual([
    'session_key',
    'limit',
    'before',
    'after',
  ]);
  expect(body.paths['/api/stream'].get.responses[200].content['text/event-stream']).toBeDefined();
  expect(body.paths['/api/runs/{run_id}/abort'].post.parameters[0]).toMatchObject({
    in: 'path',
    name: 'run_id',
  });
  expect(Object.keys(body.components.securitySchemes)).toEqual(['bearer', 'cookie']);
  expect(send.security).toEqual([{ bearer: [] }, { cookie: [] }]);
  const sent = send.responses[200].content['application/json'].schema;
  expect(sent.required).toEqual(expect.arrayContaining(['ok', 'run_id', 'response']));
  // A reference would point into the whole document, where there is nothing.
  expect(JSON.stringify(body)).not.toMatch(/\$(ref|defs|schema)"/);
});
