import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { createModelFetch, type ModelFetch } from './model-fetch.ts';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

function fetcher(connectTimeoutMs = 1000): ModelFetch {
  const created = createModelFetch({ connectTimeoutMs });
  cleanups.push(() => created.close());
  return created;
}

async function listen(server: Server | ReturnType<typeof createTcpServer>): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

const serve = (listener: RequestListener) => listen(createServer(listener));

describe('the transport of model calls', () => {
  it('sends method, headers and body and streams the answer', async () => {
    const port = await serve(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      response.setHeader('x-seen', `${request.method} ${request.headers['x-test']} ${body}`);
      response.write('first ');
      response.end('second');
    });
    const response = await fetcher().fetch(`http://127.0.0.1:${port}/x`, {
      method: 'POST',
      headers: { 'X-Test': 'yes' },
      body: 'Grüße',
    });
    expect(response.headers.get('x-seen')).toBe('POST yes Grüße');
    expect(await response.text()).toBe('first second');
  });

  it('does not follow a redirect, so that a key stays where it belongs', async () => {
    let hits = 0;
    const port = await serve((_request, response) => {
      hits += 1;
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    const response = await fetcher().fetch(`http://127.0.0.1:${port}/`);
    expect(response.status).toBe(307);
    expect(hits).toBe(1);
  });

  it.each([101, 999])('ends with a failure when the server answers %i', async (status) => {
    const port = await listen(
      createTcpServer((socket) => {
        socket.on('error', () => {});
        socket.write(
          `HTTP/1.1 ${status} Odd\r\nUpgrade: x\r\nConnection: upgrade\r\nContent-Length: 0\r\n\r\n`,
        );
        cleanups.push(() => socket.destroy());
      }),
    );
    const answer = fetcher().fetch(`http://127.0.0.1:${port}/`);
    if (status === 101) await expect(answer).rejects.toThrow('without an answer');
    else expect((await answer).status).toBe(502);
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const)('reads an answer that came as %s although it asked for none', async (coding, compress) => {
    const port = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': coding, connection: 'close' }).end(compress('Grüße'));
    });
    const response = await fetcher().fetch(`http://127.0.0.1:${port}/`);
    expect(await response.text()).toBe('Grüße');
  });

  it('breaks off a compressed answer that is cut', async () => {
    const whole = gzipSync('x'.repeat(1000));
    const port = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip', connection: 'close' }).end(whole.subarray(0, -9));
    });
    const response = await fetcher().fetch(`http://127.0.0.1:${port}/`);
    await expect(response.text()).rejects.toThrow();
  });

  it('sends half of a surrogate pair as a replacement character, and everything else as it is', async () => {
    const port = await serve(async (request, response) => request.pipe(response));
    const sent = { cut: 'a\ud83d', twice: '\ude00\ud83d', text: '\\ud83d \\\\ud83d', whole: '😀' };
    const response = await fetcher().fetch(`http://127.0.0.1:${port}/`, {
      method: 'POST',
      body: JSON.stringify(sent),
    });
    const got = (await response.text()).toLowerCase();
    expect(got).toContain('"cut":"a\\ufffd"');
    expect(JSON.parse(got)).toEqual({ ...sent, cut: 'a\ufffd', twice: '\ufffd\ufffd' });
  });

  it('reads the beginning of an error that has no end, and leaves', async () => {
    let left: () => void = () => {};
    const leaving = new Promise<void>((resolve) => {
      left = resolve;
    });
    const port = await serve((_request, response) => {
      const send = () => {
        while (response.write('x'.repeat(16_384)));
      };
      response.on('drain', send).on('close', left).writeHead(500);
      send();
    });
    const response = await fetcher().fetch(`http://127.0.0.1:${port}/`);
    expect((await response.text()).length).toBeLessThan(1_000_000);
    await leaving;
  });

  it('limits the time of a handshake', async () => {
    const sockets: Socket[] = [];
    const port = await listen(createTcpServer((socket) => void sockets.push(socket)));
    cleanups.push(() => {
      for (const socket of sockets) socket.destroy();
    });
    await expect(fetcher(40).fetch(`https://127.0.0.1:${port}/`)).rejects.toMatchObject({
      code: 'MC_LLM_TIMEOUT',
      data: { phase: 'connect', limitMs: 40 },
    });
  });

  it('does not count the time of the answer as time to connect', async () => {
    const port = await serve((_request, response) => {
      setTimeout(() => response.end('late'), 60);
    });
    const response = await fetcher(30).fetch(`http://127.0.0.1:${port}/`);
    expect(await response.text()).toBe('late');
  });

  it('repeats a request whose kept-alive connection had just been closed', async () => {
    let served = 0;
    const port = await listen(
      createTcpServer((socket) => {
        let requests = 0;
        socket.on('error', () => undefined);
        socket.on('data', () => {
          requests += 1;
          // The second request on a connection meets a server that has gone.
          if (requests > 1) {
            socket.resetAndDestroy();
            return;
          }
          served += 1;
          socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
        });
      }),
    );
    const { fetch } = fetcher();
    for (let turn = 0; turn < 3; turn += 1) {
      expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('ok');
    }
    expect(served).toBe(3);
  });

  it('does not repeat a request that a new connection lost', async () => {
    let connections = 0;
    const port = await listen(
      createTcpServer((socket) => {
        connections += 1;
        socket.on('error', () => undefined);
        socket.once('data', () => socket.resetAndDestroy());
      }),
    );
    await expect(fetcher().fetch(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(connections).toBe(1);
  });

  it('closes the connection when aborted', async () => {
    const closed = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    const port = await serve((request) => {
      request.socket.once('close', () => closed.resolve());
      arrived.resolve();
    });
    const controller = new AbortController();
    const response = fetcher().fetch(`http://127.0.0.1:${port}/`, { signal: controller.signal });
    await arrived.promise;
    controller.abort();
    await expect(response).rejects.toMatchObject({ name: 'AbortError' });
    await closed.promise;
  });

  it('sends requests through the proxy of its environment', async () => {
    const seen: string[] = [];
    const proxy = await serve((request, response) => {
      seen.push(request.url ?? '');
      response.end('via proxy');
    });
    const created = createModelFetch({
      connectTimeoutMs: 1000,
      proxyEnv: { HTTP_PROXY: `http://127.0.0.1:${proxy}`, NO_PROXY: 'localhost' },
    });
    cleanups.push(() => created.close());
    const response = await created.fetch('http://model.example/v1/models');
    expect(await response.text()).toBe('via proxy');
    expect(seen).toEqual(['http://model.example/v1/models']);
  });
});
