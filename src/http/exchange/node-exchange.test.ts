/** What goes over the wire, byte by byte: the border between the application and Node's HTTP server. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HttpHarness } from '../../../test/support/http-harness.ts';

let http: HttpHarness;
let key: string;
let port: number;
beforeEach(async () => {
  http = await HttpHarness.create();
  key = await http.key('admin');
  port = Number(new URL(await http.serve()).port);
});
afterEach(() => http.dispose());

const head = (request: string, ...lines: readonly string[]) =>
  [`${request} HTTP/1.1`, 'Host: localhost', `Authorization: Bearer ${key}`, ...lines, '', ''].join('\r\n');

/** Sends the text, and returns all that comes back until the server closes the connection. */
async function exchange(text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.setEncoding('utf8').on('data', (chunk) => {
    answer += chunk;
  });
  socket.write(text);
  await once(socket, 'close');
  return answer;
}

const CLOSE = 'Connection: close';

test('an answer carries its length, and the headers of every answer', async () => {
  const [lines = '', body = ''] = (await exchange(head('GET /api/health', CLOSE))).split('\r\n\r\n');
  expect(lines).toContain('HTTP/1.1 200 OK\r\n');
  expect(lines).toContain('\r\ncontent-type: application/json\r\n');
  expect(lines).toContain('\r\nx-content-type-options: nosniff\r\n');
  expect(lines).toContain(`\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`);
});

test('HEAD is answered as GET without the body', async () => {
  const [got = '', body = ''] = (await exchange(head('GET /api/openapi.json', CLOSE))).split('\r\n\r\n');
  expect(body).not.toBe('');
  const [lines, rest] = (await exchange(head('HEAD /api/openapi.json', CLOSE))).split('\r\n\r\n');
  const withoutDate = (text = '') => text.replace(/\r\nDate: [^\r]*/, '');
  expect([withoutDate(lines), rest]).toEqual([withoutDate(got), '']);
});

test('both cookies of a login are sent, each on its own line', async () => {
  const body = '{"password":"passw0rd!"}';
  const lines = ['Content-Type: application/json', `Content-Length: ${body.length}`, CLOSE];
  const answer = await exchange(head('POST /api/auth/login', ...lines) + body);
  expect(answer.match(/\r\nset-cookie: /g)).toHaveLength(2);
});

test.each([
  ['GET http://localhost/api/health', 200],
  ['GET http://localhost/nowhere', 404],
  ['OPTIONS *', 400],
  ['GET /api/../api/health', 404],
  ['GET /%E0%A4%A', 404],
  ['GET \\api\\health', 400],
  ['BREW /api/health', 400],
  ['PROPFIND /api/health', 405],
])('%s is answered with %i', async (request, status) => {
  expect(await exchange(head(request, CLOSE))).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect((await fetch(`http://127.0.0.1:${port}/api/health`)).status).toBe(200);
});

test('whoever is refused before the body is read sees the answer and is not read for ever', async () => {
  const lines = ['Content-Type: application/json', 'Content-Length: 900000000'];
  const answer = await exchange(
    `POST /api/send HTTP/1.1\r\nHost: localhost\r\n${lines.join('\r\n')}\r\n\r\n${'x'.repeat(300_000)}`,
  );
  expect(answer).toMatch(/^HTTP\/1\.1 401 /);
  expect(answer).toContain('"error":"unauthorized"');
});

test('a body larger than allowed is answered whole although its client still sends', async () => {
  const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
  const lines = ['Content-Type: application/json', 'Transfer-Encoding: chunked'];
  const answer = await exchange(`${head('POST /api/send', ...lines)}${chunk.repeat(60)}0\r\n\r\n`);
  expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  expect(answer).toContain('"code":"MC_HTTP_BODY_TOO_LARGE"');
});

test('a client that leaves in the middle of its body harms nobody', async () => {
  const socket = connect(port, '127.0.0.1');
  socket.write(head('POST /api/send', 'Content-Type: application/json', 'Content-Length: 100'));
  socket.write('{"message":');
  await once(socket, 'connect');
  socket.destroy();
  await once(socket, 'close');
  expect((await fetch(`http://127.0.0.1:${port}/api/health`)).status).toBe(200);
});

test('who asks whether to send a body is told so only after what can be refused without it', async () => {
  const lines = ['Content-Type: application/json', 'Expect: 100-continue', CLOSE];
  const refused = await exchange(head('POST /api/send', ...lines, 'Content-Length: 9000000'));
  expect(refused).toMatch(/^HTTP\/1\.1 413 /);
  key = 'none';
  expect(await exchange(head('POST /api/send', ...lines, 'Content-Length: 9'))).toMatch(/^HTTP\/1\.1 401 /);
});

test('who asks whether to send a body may, and is answered', async () => {
  const body = '{"message":"hi"}';
  const socket = connect(port, '127.0.0.1');
  const lines = ['Content-Type: application/json', 'Expect: 100-continue', `Content-Length: ${body.length}`];
  socket.setEncoding('utf8').write(head('POST /api/send', ...lines, CLOSE));
  expect(String(await once(socket, 'data'))).toBe('HTTP/1.1 100 Continue\r\n\r\n');
  socket.write(body);
  expect(String(await once(socket, 'data'))).toMatch(/^HTTP\/1\.1 200 /);
  await once(socket, 'close');
});
