/** Event streams for tests: a body whose chunks and end the test decides. */

export interface FakeStream {
  readonly response: Response;
  send(event: string, data: unknown, id?: number): void;
  /** The server closes the stream. */
  close(): void;
  /** The connection breaks. */
  break(): void;
}

export function fakeStream(): FakeStream {
  const encoder = new TextEncoder();
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const ignore = () => undefined; // the reader may be gone already, as with a real connection
  return {
    response: new Response(readable),
    send(event, data, id) {
      const head = id === undefined ? '' : `id: ${id}\n`;
      void writer
        .write(encoder.encode(`${head}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`))
        .catch(ignore);
    },
    close: () => void writer.close().catch(ignore),
    break: () => void writer.abort(new TypeError('network error')).catch(ignore),
  };
}

/** Storage in memory, with the parts of `Storage` that the console uses. */
export function memoryStorage(): Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> {
  const items = new Map<string, string>();
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
  };
}
