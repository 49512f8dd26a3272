/**
 * Incremental parser of `text/event-stream` (WHATWG HTML, "Server-sent events"), for streams read through `fetch`,
 * where cookies and headers can be sent.
 *
 * Invariants: the result does not depend on how the bytes were cut into chunks; lines end with LF, CR or CRLF; a
 * frame without data is dropped; an unfinished frame at the end of the stream is never delivered.
 */

export interface SseFrame {
  /** The `event` field; `message` when absent. */
  readonly event: string;
  /** The `data` lines joined by LF. */
  readonly data: string;
  /** The `id` of this frame, when it carried one. */
  readonly id: string | null;
}

export class SseParser {
  readonly #decoder = new TextDecoder();
  #buffer = '';
  #endsWithCr = false;
  #event = '';
  #data: string[] = [];
  #id: string | null = null;

  /** Frames completed by this chunk, in order. */
  push(chunk: Uint8Array): readonly SseFrame[] {
    this.#append(this.#decoder.decode(chunk, { stream: true }));
    const lines = this.#buffer.split('\n');
    this.#buffer = lines.pop() ?? '';
    return lines.flatMap((line) => this.#line(line));
  }

  /** Normalises line ends; a CR at the end of a chunk may be the first half of a CRLF. */
  #append(text: string): void {
    if (text === '') return;
    const withoutLf = this.#endsWithCr && text.startsWith('\n') ? text.slice(1) : text;
    this.#endsWithCr = text.endsWith('\r');
    this.#buffer += withoutLf.replace(/\r\n?/g, '\n');
  }

  #line(line: string): SseFrame[] {
    if (line === '') return this.#dispatch();
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') this.#event = value;
    else if (field === 'data') this.#data.push(value);
    else if (field === 'id') this.#id = value;
    return [];
  }

  #dispatch(): SseFrame[] {
    const frame = { event: this.#event || 'message', data: this.#data.join('\n'), id: this.#id };
    const hasData = this.#data.length > 0;
    this.#event = '';
    this.#data = [];
    this.#id = null;
    return hasData ? [frame] : [];
  }
}
