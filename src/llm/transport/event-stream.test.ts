import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AttemptDeadline } from './attempt-deadline.ts';
import { readEventStream, type StreamedEvent } from './event-stream.ts';

const LIMITS = { connectMs: 1000, firstByteMs: 1000, idleMs: 1000 };

function bodyOf(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

function splitAt(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let start = 0;
  for (let turn = 0; start < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? bytes.length;
    chunks.push(bytes.slice(start, start + size));
    start += size;
  }
  return chunks;
}

async function read(text: string, sizes: readonly number[] = [1 << 20]): Promise<StreamedEvent[]> {
  using deadline = new AttemptDeadline(new AbortController().signal, LIMITS);
  const events: StreamedEvent[] = [];
  await readEventStream(bodyOf(splitAt(new TextEncoder().encode(text), sizes)), deadline, (event) => {
    events.push(event);
    return event.data === '[DONE]';
  });
  return events;
}

describe('readEventStream', () => {
  it('gives the same events however the bytes are split', async () => {
    const text = 'event: a\r\ndata: Grüße 主人 👩‍💻\r\n\r\n: note\ndata: two\ndata:lines\n\ndata: [DONE]\n\n';
    const whole = await read(text);
    expect(whole.map((event) => event.data)).toEqual(['Grüße 主人 👩‍💻', 'two\nlines', '[DONE]']);
    const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(sizes, async (pieces) => {
        expect(await read(text, pieces)).toEqual(whole);
      }),
    );
  });

  it('delivers a last event without its blank line', async () => {
    expect((await read('data: one\n\ndata: last')).map((event) => event.data)).toEqual(['one', 'last']);
    expect((await read('data: last\n')).map((event) => event.data)).toEqual(['last']);
  });

  it('ignores everything after the final event', async () => {
    expect((await read('data: [DONE]\n\ndata: more\n\n')).map((event) => event.data)).toEqual(['[DONE]']);
  });

  it('reports a broken connection as a cut stream', async () => {
    using deadline = new AttemptDeadline(new AbortController().signal, LIMITS);
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.error(new Error('socket hang up')),
    });
    await expect(readEventStream(body, deadline, () => false)).rejects.toMatchObject({
      code: 'MC_LLM_STREAM_CUT',
      cause: { message: 'socket hang up' },
    });
  });

  it('cancels the body and rejects with the reason when aborted', async () => {
    const controller = new AbortController();
    using deadline = new AttemptDeadline(controller.signal, LIMITS);
    const cancelled = Promise.withResolvers<unknown>();
    const body = new ReadableStream<Uint8Array>({ cancel: (reason) => cancelled.resolve(reason) });
    const reading = readEventStream(body, deadline, () => false);
    const reason = new Error('stop');
    controller.abort(reason);
    await expect(reading).rejects.toBe(reason);
    expect(await cancelled.promise).toBe(reason);
  });

  it('cancels the body when the decoder refuses an event', async () => {
    using deadline = new AttemptDeadline(new AbortController().signal, LIMITS);
    const cancelled = Promise.withResolvers<unknown>();
    const failure = new Error('error event');
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode('data: x\n\n')),
      cancel: (reason) => cancelled.resolve(reason),
    });
    const reading = readEventStream(body, deadline, () => {
      throw failure;
    });
    await expect(reading).rejects.toBe(failure);
    expect(await cancelled.promise).toBe(failure);
  });
});

describe('a body that is no event stream', () => {
  const textOf = (text: string, sizes: readonly number[]) => {
    using deadline = new AttemptDeadline(new AbortController().signal, LIMITS);
    return readEventStream(bodyOf(splitAt(new TextEncoder().encode(text), sizes)), deadline, () => false);
  };

  it('is returned whole when it is a document, however its bytes are split', async () => {
    for (const text of ['{"x":"主"}', '\n [{"x":\n"主"}]']) {
      expect((await textOf(text, [1]))?.trim()).toBe(text.trim());
      expect((await textOf(text, [1 << 20]))?.trim()).toBe(text.trim());
    }
  });

  it('is not read to its end when it is a page', async () => {
    expect(await textOf(`<html>${'x'.repeat(1000)}`, [10])).toBe('<html>xxxx');
  });
});
