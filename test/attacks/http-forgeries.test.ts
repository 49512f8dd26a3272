/**
 * Requests that pretend: to another host, from another page, with somebody's cookie, with a body that is something
 * else.
 */
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HarnessLogin, HttpHarness } from '../support/http-harness.ts';

let harness: HttpHarness;
let key: string;
let login: HarnessLogin;
let url: string;

beforeAll(async () => {
  harness = await HttpHarness.create();
  key = await harness.key('admin');
  login = await harness.login();
  url = await harness.serve();
});
afterAll(() => harness.dispose());

/** The server ended the connection before it had read everything; its answer may be lost with that. */
const REFUSED_WITHOUT_A_WORD = 'HTTP/1.1 400 (reset)';

/** One connection: writes `text` as it is and reads until the server has answered once, closes or resets it. */
function raw(text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      answer += chunk;
      if (answer.includes('\r\n\r\n')) socket.end();
    });
    socket.once('error', () => resolve(answer === '' ? REFUSED_WITHOUT_A_WORD : answer));
    socket.once('close', () => resolve(answer));
    socket.write(text);
  });
}

describe('Host', () => {
  it.each([
    'evil.example',
    'evil.example:10961',
    'localhost.evil.example',
    'evil-localhost',
    '127.0.0.1.evil.example',
    'localhost@evil.example',
    'evil.example#localhost',
    'evil.example/localhost',
    'localhost, evil.example',
    'xn--lcalhost-k4a',
    'lоcalhost',
    '127.0.0.1.nip.io',
    'a.b.c',
    'local.host',
    '0x7f000001.evil.example',
  ])('%j of a page whose name was rebound is refused', async (host) => {
    const answer = await harness.get('/api/health', { headers: { host: encodeURI(host) } });
    expect(answer.status).toBe(403);
  });

  it.each([
    'localhost',
    'LOCALHOST',
    'localhost:10961',
    '127.0.0.1',
    '127.0.0.1:1',
    '[::1]:10961',
    'localhost.',
  ])('%s is this machine', async (host) => {
    expect((await harness.get('/api/health', { headers: { host } })).status).toBe(200);
  });
});

describe('a page of another origin', () => {
  const targets = [
    '/api/send',
    '/api/reset',
    '/api/auth/login',
    '/api/auth/logout',
    '/api/auth/password',
    '/api/approvals/x',
  ];
  const origins: readonly Readonly<Record<string, string>>[] = [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'http://localhost.evil.example' },
    { origin: 'http://localhost:1' },
    { origin: 'file://' },
    { origin: 'http://localhost@evil.example' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'cross-site', origin: 'http://localhost' },
    { 'sec-fetch-site': 'anything' },
  ];
  it.each(targets.flatMap((path) => origins.map((headers) => [path, headers] as const)))(
    'cannot post to %s with %j and the cookie',
    async (path, headers) => {
      const answer = await harness.post(path, { body: { password: 'x', message: 'x' }, login, headers });
      expect(answer).toMatchObject({ status: 403, body: { error: 'cross-site request refused' } });
    },
  );
});

describe('a cookie', () => {
  it.each([
    'mc_session=',
    'mc_session=%00',
    'mc_session=undefined',
    `mc_session=${'a'.repeat(7000)}`,
    'MC_SESSION={value}',
    ' mc_session ={value}',
    'mc_session={id}',
    'mc_session="{value}"',
    'mc_session={value}x',
    'xmc_session={value}',
    'mc_session={value}%20',
    'mc_csrf={value}',
    'mc_session=a; mc_session={value}',
    'mc_session={value}; mc_session=a',
    'mc_session={value};mc_session={value}x',
    'mc_session={value} ; x=1; mc_session=%20',
    'mc_session',
    'mc_session;{value}',
    '__Host-mc_session={value}',
    '$Version=1; mc_session2={value}',
    'mc_session={value}, mc_session={value}',
    'mc_session:{value}',
    'mc_session\t={value}',
    'mc_session={value}=',
    '__proto__=x; mc_session=constructor',
    "mc_session=' OR 1=1 --",
  ])('%s opens nothing', async (template) => {
    const value = /mc_session=([^;]+)/.exec(login.cookie)?.[1] ?? '';
    const cookie = template.replaceAll('{value}', value).replaceAll('{id}', login.sessionId);
    const answer = await harness.get('/api/sessions', { headers: { cookie, 'x-csrf-token': login.csrf } });
    expect(answer.status).toBe(401);
  });

  it('of an ended login opens nothing', async () => {
    const ended = await harness.login();
    await harness.post('/api/auth/logout', { login: ended });
    expect((await harness.get('/api/sessions', { login: ended })).status).toBe(401);
  });
});

describe('a bearer token', () => {
  it.each([
    '{key}',
    'Basic {key}',
    'Bearer',
    'Bearer ',
    'Bearer {key}x',
    'Bearer x{key}',
    'Bearer "{key}"',
    'Bearer {key} {key}',
    'Bearer {key},{key}',
    'Token {key}',
    'Bearer mk_',
    'Bearer {upper}',
    'Bearer {hash}',
    "Bearer ' OR '1'='1",
    'Bearer null',
    'Bearer undefined',
    'Bearer [object Object]',
    'Bearerx {key}',
  ])('written %j opens nothing', async (template) => {
    const authorization = template
      .replaceAll('{key}', key)
      .replaceAll('{upper}', key.toUpperCase())
      .replaceAll('{hash}', key.slice(3));
    expect((await harness.get('/api/sessions', { headers: { authorization } })).status).toBe(401);
  });

  it.each(['bearer {key}', 'BEARER {key}', 'Bearer   {key}', 'Bearer {key}  '])(
    'written %j is the key',
    async (template) => {
      const authorization = template.replaceAll('{key}', key);
      expect((await harness.get('/api/sessions', { headers: { authorization } })).status).toBe(200);
    },
  );

  it.each(['api_key', 'token', 'access_token', 'key', 'authorization'])(
    'in the query as %s opens nothing',
    async (name) => {
      expect((await harness.get(`/api/sessions?${name}=${key}`)).status).toBe(401);
    },
  );

  it.each([
    'x-api-key',
    'x-forwarded-user',
    'x-original-url',
    'x-rewrite-url',
    'x-bootstrap-token',
    'x-hub-signature',
    'proxy-authorization',
  ])('or anything else in %s opens nothing', async (name) => {
    expect((await harness.get('/api/sessions', { headers: { [name]: key } })).status).toBe(401);
  });
});

describe('a method in disguise', () => {
  it.each(['x-http-method-override', 'x-method-override', 'x-http-method'])('%s is ignored', async (name) => {
    const answer = await harness.get('/api/auth/sessions/999', { key, headers: { [name]: 'DELETE' } });
    expect(answer.status).toBe(405);
  });
});

describe('a body', () => {
  const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
  it.each([
    ['{"message":', 400],
    ['', 400],
    ['null', 422],
    ['[]', 422],
    ['"x"', 422],
    ['{"message":5}', 422],
    ['{"message":{"$gt":""}}', 422],
    ['{"message":["x"]}', 422],
    ['{"__proto__":{"message":"x"}}', 422],
    ['{"constructor":{"prototype":{"message":"x"}}}', 422],
    ['{"message":"x","session_key":{"a":1}}', 422],
    ["{'message':'x'}", 400],
    ['{"message":"x"}}', 400],
    ['{"message":NaN}', 400],
    ['message=x', 400],
    [deep, 422],
  ])('%.40s is answered with %s i', async (rawBody, status) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await harness.post('/api/send', { key, rawBody, headers });
    expect([answer.status, answer.body.ok]).toEqual([status, false]);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    'application/jsonp',
    'text/json-seq',
    '',
  ])('of the type %j is not read', async (type) => {
    const headers = { 'content-type': type };
    expect((await harness.post('/api/send', { key, rawBody: '{"message":"x"}', headers })).status).toBe(415);
  });

  it('cannot add to what every object inherits', async () => {
    await harness.post('/api/auth/api_keys', {
      key,
      rawBody: '{"label":"x","scopes":["operator.read"],"__proto__":{"polluted":1}}',
      headers: { 'content-type': 'application/json' },
    });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('on the wire', () => {
  it.each([
    ['two lengths', 'Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello'],
    [
      'a length and chunks',
      'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /api/sessions HTTP/1.1\r\n\r\n',
    ],
    ['an unknown transfer encoding', 'Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n'],
    ['a length that is none', 'Content-Length: -1\r\n\r\n'],
    ['a header that is folded', 'X-A: b\r\n c\r\nContent-Length : 0\r\n\r\n'],
    ['a header line with a bare line feed', 'X-A: b\nX-B: c\0\r\n\r\n'],
    ['headers without end', `X-A: ${'a'.repeat(70_000)}\r\n\r\n`],
  ])('%s is refused', async (_name, rest) => {
    const answer = await raw(
      `POST /api/send HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/json\r\n${rest}`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
  });

  it.each([
    '/assets/../package.json',
    '/assets/..%2fpackage.json',
    '/assets/%2e%2e/package.json',
    '/assets/....//package.json',
    '/assets/..\\package.json',
    '/../package.json',
    '/assets//etc/passwd',
    '/assets/%00',
    '/assets/x%00.js',
    '//evil.example/',
    '/api/../api/sessions',
    '/.git/config',
    '/.env',
    '/microclaw.config.yaml',
    '/runtime/microclaw.db',
    '/api/sessions/',
    '/API/sessions',
    '/api//sessions',
    '/%61pi/sessions/x',
  ])('%s serves nothing', async (path) => {
    const answer = await raw(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
  });
});
