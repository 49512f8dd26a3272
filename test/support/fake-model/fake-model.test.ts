/** The fake model itself: what tests and benchmarks rely on. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeModelServer, startFakeModel } from './fake-model-server.ts';
import { reply } from './reply.ts';
import { applyScript } from './script.ts';

let server: FakeModelServer;
beforeEach(async () => {
  server = await startFakeModel({ keepRequests: 3 });
});
afterEach(() => server.stop());

async function ask(text: string, url = server.openAiUrl): Promise<string> {
  const response = await fetch(`${url}/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: text }] }),
  });
  const body = (await response.json()) as { choices?: { message: { content: string } }[] }; // as the server renders it
  return body.choices?.[0]?.message.content ?? `status ${response.status}`;
}

describe('the answers of the fake model', () => {
  it('come from the queue, then from routes, then from the echo', async () => {
    server.route((request) => (request.lastUserText === 'x' ? reply.text('routed') : undefined));
    server.enqueue(reply.text('queued'));
    expect([await ask('x'), await ask('x'), await ask('y')]).toEqual(['queued', 'routed', 'echo: y']);
  });

  it('echo what stands inside the tags of user content', async () => {
    expect(await ask('<user_message sender="ann">hi there</user_message>')).toBe('echo: hi there');
  });

  it('can be an error with headers', async () => {
    server.enqueue(reply.status(429, { retryAfter: 7 }));
    const response = await fetch(`${server.url}/v1/messages`, { method: 'POST', body: '{}' });
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '7']);
    expect(await response.json()).toMatchObject({ error: { type: 'rate_limit_error' } });
  });

  it('follow a script', async () => {
    applyScript(server, {
      queue: [{ text: 'first' }],
      rules: [{ contains: 'time', reply: { text: 'noon' } }],
    });
    expect([await ask('a'), await ask('what time?'), await ask('b')]).toEqual(['first', 'noon', 'echo: b']);
  });
});

it('lists its models', async () => {
  const response = await fetch(`${server.openAiUrl}/models`);
  expect(await response.json()).toMatchObject({ data: [{ id: 'fake-model' }, { id: 'fake-model-small' }] });
});

it('answers unknown paths with 404', async () => {
  expect((await fetch(`${server.url}/nope`, { method: 'POST', body: '{}' })).status).toBe(404);
});

it('records requests, keeps the newest and tells listeners', async () => {
  const heard: string[] = [];
  const undo = server.onRequest((request) => heard.push(request.lastUserText));
  const waiting = server.waitForRequest((request) => request.lastUserText === 'c');
  for (const text of ['a', 'b', 'c']) await ask(text);
  undo();
  await ask('d');
  expect(server.requests.map((request) => request.lastUserText)).toEqual(['b', 'c', 'd']);
  expect(server.requestCount).toBe(4);
  expect(heard).toEqual(['a', 'b', 'c']);
  expect(await waiting).toMatchObject({ index: 2, protocol: 'chat', model: 'm', stream: false });
});

it('runs as a process that prints its address and stops on SIGTERM', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fake-model-'));
  const script = join(folder, 'script.json');
  await writeFile(script, JSON.stringify({ rules: [{ contains: 'ping', reply: { text: 'pong' } }] }));
  const main = join(import.meta.dirname, 'main.ts');
  const child = spawn(process.execPath, [main, '--port', '0', '--script', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [url]: string[] = await once(createInterface(child.stdout), 'line');
    expect(await ask('ping', `${url}/v1`)).toBe('pong');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  } finally {
    child.kill('SIGKILL');
    await rm(folder, { recursive: true });
  }
});
