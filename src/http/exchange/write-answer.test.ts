import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { UnderlyingSource } from 'node:stream/web';
import { afterEach, expect, test } from 'vitest';
import { Answer } from './answer.ts';
import { AnswerHeaders } from './answer-headers.ts';
import { writeAnswer } from './write-answer.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A server that answers everything with the stream; `written` settles as writing does. */
async function serve(source: UnderlyingSource<Uint8Array>) {
  const { promise: written, resolve, reject } = Promise.withResolvers<void>();
  server = createServer((incoming, outgoing) => {
    const stream = new ReadableStream(source, { highWaterMark: 0 });
    writeAnswer(new Answer(200, new AnswerHeaders(), stream), incoming, outgoing).then(resolve, (error) => {
      outgoing.destroy();
      reject(error);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { written, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const bytes = (text: string) => new TextEncoder().encode(text);

test('a client that leaves cancels the body that waits for its next part', async () => {
  const cancelled = Promise.withResolvers<void>();
  let pulls = 0;
  const { url, written } = await serve({
    pull: (controller) => {
      pulls += 1;
      if (pulls === 1) controller.enqueue(bytes('first'));
      return pulls === 1 ? undefined : new Promise(() => {});
    },
    cancel: () => cancelled.resolve(),
  });
  const leave = new AbortController();
  const answer = await fetch(url, { signal: leave.signal });
  await answer.body?.getReader().read();
  leave.abort();
  await cancelled.promise;
  await written;
});

test('HEAD cancels a body instead of reading it', async () => {
  const cancelled = Promise.withResolvers<void>();
  const { url, written } = await serve({
    pull: () => Promise.reject(new Error('read')),
    cancel: () => cancelled.resolve(),
  });
  expect((await fetch(url, { method: 'HEAD' })).status).toBe(200);
  await Promise.all([cancelled.promise, written]);
});

test('a body that fails is reported, and the client cannot take it for whole', async () => {
  let pulls = 0;
  const { url, written } = await serve({
    pull: (controller) => {
      pulls += 1;
      if (pulls > 1) throw new Error('lost the source');
      controller.enqueue(bytes('first'));
    },
  });
  const failed = expect(written).rejects.toThrow('lost the source');
  await expect(fetch(url).then((answer) => answer.text())).rejects.toThrow();
  await failed;
});
