/**
 * Bytes on a socket that mean one thing to a proxy and another to a careless server, and requests for somebody else.
 */
import { connect, type NetConnectOpts } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HttpHarness } from '../support/http-harness.ts';

let harness: HttpHarness;
let key: string;
let port: number;

beforeAll(async () => {
  harness = await HttpHarness.create();
  key = await harness.key('admin');
  port = Number(new URL(await harness.serve()).port);
});
afterAll(() => harness.dispose());

/** Writes `text` as it is and reads until the server closes: after a refusal, or because a request asks for it. */
function exchange(text: string, target: NetConnectOpts = { port, host: '127.0.0.1' }): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(target);
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      answer += chunk;
    });
    socket.once('error', () => resolve(answer)); // a reset: what came before it counts
    socket.once('close', () => resolve(answer));
    socket.write(text);
  });
}

/** Statuses of all answers on the connection. */
async function statusesOf(text: string, target?: NetConnectOpts): Promise<readonly number[]> {
  const answer = await exchange(text, target);
  return [...answer.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
}

const lines = (...parts: readonly string[]) => parts.join('\r\n');
const AUTHORIZED = () => [
  'POST /api/reset HTTP/1.1',
  'Host: localhost',
  `Authorization: Bearer ${key}`,
  'Content-Type: application/json',
];
/** A second request that a smuggler wants to be answered. */
const SMUGGLED = 'GET /api/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

describe('a request that hides another one', () => {
  it.each([
    ['Content-Length: 0', 'Transfer-Encoding: chunked'],
    ['Transfer-Encoding: chunked', 'Content-Length: 0'],
    ['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'],
    ['Transfer-Encoding: identity', 'Content-Length: 0'],
    ['Transfer-Encoding: chunked, identity'],
    ['Transfer-Encoding: xchunked'],
    ['Transfer-Encoding: "chunked"'],
    ['Transfer-Encoding : chunked'],
    ['Transfer-Encoding: \x0bchunked'],
    ['Transfer-Encoding:\n chunked'],
    ['X: y', ' Transfer-Encoding: chunked'],
    ['X: y', '\tContent-Length: 0'],
    ['Content-Length: 0', 'Content-Length: 30'],
    ['Content-Length: 0, 30'],
    ['Content-Length: +0'],
    ['Content-Length: 0x0'],
    ['Content-Length: 0 0'],
    ['Content-Length: 1e1'],
    ['Content-Length: 99999999999999999999'],
    ['Content-Length : 0'],
    ['Content_Length: 0', 'Content-Length: -0'],
    ['X: y\nContent-Length: 0'],
    ['X: \0'],
    [': y'],
    ['X y'],
  ])('by %j is refused, and the hidden one is not answered', async (...headers) => {
    const statuses = await statusesOf(lines(...AUTHORIZED(), ...headers, '', `0\r\n\r\n${SMUGGLED}`));
    expect(statuses).toEqual([expect.toSatisfy((status: number) => status >= 400 && status < 500)]);
  });

  it.each([
    '0;\n\r\n\r\n',
    '0\n\n',
    '-0\r\n\r\n',
    '0x0\r\n\r\n',
    ' 0\r\n\r\n',
    '00000000000000000000g\r\n\r\n',
  ])('by chunks that end like %j is refused, and the hidden one is not answered', async (chunks) => {
    const statuses = await statusesOf(
      lines(...AUTHORIZED(), 'Transfer-Encoding: chunked', '', `${chunks}${SMUGGLED}`),
    );
    expect(statuses.filter((status) => status < 400)).toEqual([]);
  });

  it('in plain sight is a request of its own, without the credentials of the first', async () => {
    const first = `GET /api/sessions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${key}\r\n\r\n`;
    const second = 'GET /api/sessions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
    expect(await statusesOf(first + second)).toEqual([200, 401]);
  });
});

describe('a request for somebody else', () => {
  it.each([
    ['no host', 'GET /api/health HTTP/1.1\r\nConnection: close\r\n\r\n'],
    ['no host in HTTP/1.0', 'GET /api/health HTTP/1.0\r\nConnection: close\r\n\r\n'],
    ['an empty host', 'GET /api/health HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n'],
    ['a foreign host', 'GET /api/health HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n'],
    [
      'two hosts',
      'GET /api/health HTTP/1.1\r\nHost: evil.example\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    ],
    [
      'two lines of hosts, the good one first',
      'GET /api/health HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
    ],
    [
      'two hosts, the good one first',
      'GET /api/health HTTP/1.1\r\nHost: localhost, evil.example\r\nConnection: close\r\n\r\n',
    ],
    [
      'a stream for a foreign host',
      'GET /api/stream?run_id=x HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
    ],
    ['a page for a foreign host', 'GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n'],
    [
      'a forwarded host',
      'GET /api/health HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: localhost\r\nConnection: close\r\n\r\n',
    ],
    ['a tunnel', 'CONNECT localhost:22 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'],
    ['another protocol', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    [
      'a whole address with a foreign name',
      'GET http://evil.example/api/health HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
    ],
    ['no request', 'hello\r\nConnection: close\r\n\r\n'],
  ])('%s is not answered with success', async (_name, text) => {
    expect((await statusesOf(text)).filter((status) => status < 400)).toEqual([]);
  });

  it.each(['/api/send', '/api/auth/password', '/api/approvals/x'])(
    'from a page of another origin is refused for %s on the control socket, too',
    async (path) => {
      const text = lines(
        `POST ${path} HTTP/1.1`,
        'Host: localhost',
        'Origin: https://evil.example',
        'Content-Type: application/json',
        'Content-Length: 2',
        'Connection: close',
        '',
        '{}',
      );
      expect(await statusesOf(text, { path: harness.socketPath })).toEqual([403]);
    },
  );

  it('claims to come over the control socket: no header makes it so', async () => {
    const names = ['X-Local', 'Local', 'X-Real-Ip', 'X-Forwarded-For', 'Forwarded', 'X-Control-Socket'];
    const headers = names.map((name) => `${name}: ${name === 'Forwarded' ? 'for=127.0.0.1' : '127.0.0.1'}`);
    const text = lines(
      'GET /api/sessions HTTP/1.1',
      'Host: localhost',
      ...headers,
      'Connection: close',
      '',
      '',
    );
    expect(await statusesOf(text)).toEqual([401]);
  });
});
