import { afterAll, beforeAll, expect, test } from 'vitest';
import { HttpHarness } from '../../test/support/http-harness.ts';
import { prefersPlainText } from './error-response.ts';

let http: HttpHarness;
let key: string;
beforeAll(async () => {
  http = await HttpHarness.create();
  key = await http.key('admin');
});
afterAll(() => http.dispose());

const json = { 'content-type': 'application/json' };
const post = (rawBody: string, headers: Record<string, string> = json) =>
  http.post('/api/send', { key, rawBody, headers });

test('an unknown path is 404, a known one with another method 405 with Allow', async () => {
  expect((await http.get('/api/nope')).body).toMatchObject({ ok: false, code: 'MC_HTTP_NOT_FOUND' });
  const answer = await http.get('/api/send', { key });
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
  const sessions = await http.request('PUT', '/api/auth/sessions', { key });
  expect(sessions.headers.get('allow')).toBe('DELETE, GET, HEAD');
});

test('there is no page but the one at the root', async () => {
  expect((await http.get('/settings')).status).toBe(404);
});

test('credentials are checked before the body', async () => {
  for (const rawBody of ['{', 'x'.repeat(3_000_000)]) {
    expect((await http.post('/api/send', { rawBody, headers: json })).status).toBe(401);
  }
});

test.each([
  ['{"message":"hi"}', { 'content-type': 'text/plain' }, 415, 'content type must be application/json'],
  ['{"message":', json, 400, 'malformed JSON body'],
  ['', json, 400, 'malformed JSON body'],
  [
    `{"message":"hi","x":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
    json,
    422,
    'body: is nested too deeply',
  ],
  ['[]', json, 422, 'body: Invalid input: expected object, received array'],
  ['{}', json, 422, 'message: Invalid input: expected string, received undefined'],
  ['{"message":7}', json, 422, 'message: Invalid input: expected string, received number'],
])('a bad body is told apart: %s as %j', async (rawBody, headers, status, error) => {
  const answer = await post(rawBody, headers);
  expect([answer.status, answer.body.error]).toEqual([status, error]);
});

test('fields that nobody knows are ignored, and any JSON media type is accepted', async () => {
  const headers = { 'content-type': 'application/vnd.x+json; charset=utf-8' };
  expect((await post('{"message":"hi","future":true}', headers)).status).toBe(200);
});

test('an error is plain text for a client that prefers it', async () => {
  const answer = await http.get('/api/sessions', {
    headers: { accept: 'text/plain, application/json;q=0.5' },
  });
  expect([answer.status, answer.text]).toEqual([401, 'unauthorized']);
  expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
});

test('plain text is preferred only when it is asked for above JSON', () => {
  expect(prefersPlainText(undefined)).toBe(false);
  expect(prefersPlainText('*/*')).toBe(false);
  expect(prefersPlainText('application/json, text/plain, */*')).toBe(false);
  expect(prefersPlainText('text/plain')).toBe(true);
  expect(prefersPlainText('text/plain, */*;q=0.1')).toBe(true);
  expect(prefersPlainText('text/plain;q=0, */*')).toBe(false);
});

test('every answer forbids what the console never needs', async () => {
  for (const path of ['/api/health', '/api/nope', '/']) {
    const { headers } = await http.get(path);
    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('access-control-allow-origin')).toBeNull();
  }
  expect((await http.get('/api/health')).headers.get('cache-control')).toBe('no-store');
});

test('a failure the program did not foresee tells an id and nothing else', async () => {
  const { sessions } = http;
  const list = sessions.list;
  sessions.list = () => Promise.reject(new Error('secret detail'));
  const answer = await http.get('/api/sessions', { key });
  sessions.list = list;
  expect(answer.status).toBe(500);
  expect(answer.body).toMatchObject({ ok: false, code: 'MC_HTTP_INTERNAL' });
  expect(answer.body.error).toMatch(/^internal error [0-9a-f]{12}$/);
  expect(answer.text).not.toContain('secret');
});
