import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, request } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HttpHarness } from '../../test/support/http-harness.ts';
import { answerNever, answerText, response } from '../../test/support/scripted-model.ts';
import { systemClock } from '../core/clock.ts';
import { silentLogger } from '../observability/logger.ts';
import { startHttpServer } from './http-server.ts';

let http: HttpHarness;
let key: string;
let url: string;
beforeEach(async () => {
  http = await HttpHarness.create();
  key = await http.key('read', 'write');
  url = await http.serve();
});
afterEach(() => http.dispose());

const headers = () => ({ authorization: `Bearer ${key}`, 'content-type': 'application/json' });
const port = () => Number(new URL(url).port);

function overSocket(method: string, path: string, body?: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const options = {
      socketPath: http.socketPath,
      method,
      path,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
    };
    const sent = request(options, async (answer: IncomingMessage) => {
      let text = '';
      for await (const chunk of answer) text += chunk;
      resolve({ status: answer.statusCode ?? 0, text });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

async function startRun(message = 'hi'): Promise<string> {
  const answer = await fetch(`${url}/api/send_stream`, {
    method: 'POST',
    headers: headers(),
    body: JSON.stringify({ message }),
  });
  const { run_id: runId } = (await answer.json()) as { run_id: string };
  return runId;
}

test('a turn goes over real sockets from the message to the last event', async () => {
  http.agent.model.enqueue(answerText('hello'));
  const runId = await startRun();
  const stream = await fetch(`${url}/api/stream?run_id=${runId}`, { headers: headers() });
  const text = await stream.text();
  expect(text).toMatch(/^event: replay_meta\n/);
  expect(text).toMatch(/\nid: \d+\nevent: done\ndata: \{"response":"hello","at_ms":\d+\}\n\n$/);
});

test('a delta reaches the client while the run goes on', async () => {
  http.agent.model.enqueue(answerNever('first words'));
  const runId = await startRun();
  const stream = await fetch(`${url}/api/stream?run_id=${runId}`, { headers: headers() });
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!text.includes('first words')) text += (await reader.read()).value ?? '';
  expect((await http.agent.agent.find(runId))?.state).toBe('running');
  const aborted = await fetch(`${url}/api/runs/${runId}/abort`, { method: 'POST', headers: headers() });
  expect(aborted.status).toBe(200);
  for (let next = await reader.read(); !next.done; next = await reader.read()) text += next.value;
  expect(text).toContain('event: aborted');
});

test('a body over the limit is refused, with a declared length and without', async () => {
  const body = JSON.stringify({ message: 'x'.repeat(3 * 1024 * 1024) });
  const declared = await fetch(`${url}/api/send`, { method: 'POST', headers: headers(), body });
  expect(declared.status).toBe(413);
  expect(await declared.json()).toMatchObject({ ok: false, code: 'MC_HTTP_BODY_TOO_LARGE' });
  const chunked = await fetch(`${url}/api/send`, {
    method: 'POST',
    headers: headers(),
    body: new Blob([body]).stream(),
    duplex: 'half',
  });
  expect(chunked.status).toBe(413);
  expect((await fetch(`${url}/api/health`)).status).toBe(200);
});

test('a chunked body within the limit is read', async () => {
  const answer = await fetch(`${url}/api/send`, {
    method: 'POST',
    headers: headers(),
    body: new Blob([JSON.stringify({ message: 'hi' })]).stream(),
    duplex: 'half',
  });
  expect(answer.status).toBe(200);
});

test('a reader that does not read loses no event', async () => {
  const words = Array.from({ length: 400 }, (_, index) => `${index}:${'x'.repeat(2000)}`);
  http.agent.model.enqueue(async (_request, onEvent) => {
    for (const text of words) onEvent({ kind: 'text_delta', text });
    return response([{ type: 'text', text: words.join('') }]);
  });
  const runId = await startRun();
  const socket: Socket = connect(port(), '127.0.0.1');
  socket.pause();
  socket.write(
    `GET /api/stream?run_id=${runId} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${key}\r\nConnection: close\r\n\r\n`,
  );
  await http.agent.agent.waitForEnd(runId);
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  socket.resume();
  await once(socket, 'close');
  const ids = [...text.matchAll(/(?:^|\n)id: (\d+)\r?\n/g)].map((match) => Number(match[1]));
  expect(ids).toEqual(Array.from({ length: ids.length }, (_, index) => index + 1));
  expect(text).toContain('event: done');
  for (const word of words) expect(text).toContain(word.slice(0, 6));
});

test('the control socket is for its owner only and makes callers local administrators', async () => {
  expect((await stat(http.socketPath)).mode & 0o777).toBe(0o600);
  const body = JSON.stringify({ password: 'set-by-cli' });
  expect((await overSocket('POST', '/api/auth/password', body)).status).toBe(200);
  expect((await overSocket('GET', '/api/sessions')).status).toBe(200);
  expect((await fetch(`${url}/api/sessions`)).status).toBe(401);
});

test('a control socket left by a crash is replaced, one in use is not', async () => {
  const options = { app: http.app, socketPath: http.socketPath, clock: systemClock, logger: silentLogger };
  await expect(startHttpServer(options)).rejects.toMatchObject({ code: 'MC_HTTP_LISTEN_FAILED' });
  const { spawnSync } = await import('node:child_process');
  const stale = `${http.socketPath}.stale`;
  const crash = `require('node:net').createServer().listen(${JSON.stringify(stale)}, () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', crash]);
  expect((await stat(stale)).isSocket()).toBe(true);
  const server = await startHttpServer({ ...options, socketPath: stale });
  await server.close();
});

test('a port in use is told with the port and what to do', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port: taken } = other.address() as AddressInfo;
  const starting = startHttpServer({
    app: http.app,
    listen: { host: '127.0.0.1', port: taken },
    clock: systemClock,
    logger: silentLogger,
  });
  await expect(starting).rejects.toMatchObject({
    code: 'MC_HTTP_PORT_IN_USE',
    hint: `Stop the program that listens on port ${taken}, or choose another web_port.`,
  });
  other.close();
});

test('a name is looked up and listened on as well as an address in figures', async () => {
  for (const host of ['localhost', '127.0.0.1']) {
    const options = { app: http.app, listen: { host, port: 0 }, clock: systemClock, logger: silentLogger };
    const server = await startHttpServer(options);
    expect((await fetch(`http://${host}:${server.port}/api/health`)).status).toBe(200);
    await server.close();
  }
});

test('closing ends event streams with a hint when to come back and lets requests finish', async () => {
  let finish: (() => void) | undefined;
  http.agent.model.enqueue(
    () =>
      new Promise((resolve) => {
        finish = () => resolve(response([{ type: 'text', text: 'late answer' }]));
      }),
  );
  const posted = fetch(`${url}/api/send`, {
    method: 'POST',
    headers: headers(),
    body: JSON.stringify({ message: 'hi' }),
  });
  await expect.poll(() => finish).toBeDefined();
  const runId = http.agent.agent.activeRunOf(1);
  const stream = await fetch(`${url}/api/stream?run_id=${runId}`, { headers: headers() });
  const closing = http.closeServer();
  expect(await stream.text()).toMatch(/retry: 1000\n\n$/);
  finish?.();
  expect(await (await posted).json()).toMatchObject({ response: 'late answer' });
  await closing;
  await expect(fetch(`${url}/api/health`)).rejects.toThrow();
});

test('closing cuts what is left at the deadline', async () => {
  http.agent.model.enqueue(answerNever('working'));
  const server = await startHttpServer({
    app: http.app,
    listen: { host: '127.0.0.1', port: 0 },
    clock: systemClock,
    logger: silentLogger,
    closeDeadlineMs: 50,
  });
  const posted = fetch(`http://127.0.0.1:${server.port}/api/send`, {
    method: 'POST',
    headers: headers(),
    body: JSON.stringify({ message: 'hi' }),
  });
  const cut = expect(posted).rejects.toThrow();
  await expect.poll(() => http.agent.agent.activeRunOf(1)).toBeDefined();
  await http.agent.until(http.agent.agent.activeRunOf(1) ?? '', 'delta');
  await server.close();
  await cut;
});
