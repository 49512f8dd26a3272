import { describe, expect, it } from 'vitest';
import { type SseFrame, SseParser } from './sse-parser.ts';

const encoder = new TextEncoder();

function parseInChunks(bytes: Uint8Array, size: number): SseFrame[] {
  const parser = new SseParser();
  const frames: SseFrame[] = [];
  for (let at = 0; at < bytes.length; at += size) frames.push(...parser.push(bytes.subarray(at, at + size)));
  return frames;
}

function parse(text: string): SseFrame[] {
  return parseInChunks(encoder.encode(text), Number.MAX_SAFE_INTEGER);
}

describe('SseParser', () => {
  it('gives event, id and data of a frame', () => {
    expect(parse('id: 7\nevent: delta\ndata: {"delta":"a"}\n\n')).toEqual([
      { event: 'delta', id: '7', data: '{"delta":"a"}' },
    ]);
  });

  it('gives the same frames however the bytes are cut, multi-byte characters and CRLF included', () => {
    const bytes = encoder.encode(
      'event: replay_meta\r\ndata: {}\r\n\r\nid: 1\nevent: delta\ndata: {"delta":"grüß 🐈"}\n\n: keepalive\r\rid: 2\revent: done\rdata: {"response":"x"}\r\r',
    );
    const whole = parseInChunks(bytes, bytes.length);
    expect(whole.map((frame) => frame.event)).toEqual(['replay_meta', 'delta', 'done']);
    for (let size = 1; size < bytes.length; size += 1) expect(parseInChunks(bytes, size)).toEqual(whole);
  });

  it('joins several data lines and keeps spaces after the first', () => {
    expect(parse('data: a\ndata:  b\ndata\n\n')).toEqual([{ event: 'message', id: null, data: 'a\n b\n' }]);
  });

  it('ignores comments and frames without data', () => {
    expect(parse(': keepalive\n\nevent: delta\n\n')).toEqual([]);
  });

  it('does not carry the id or name of a frame into the next one', () => {
    expect(parse('id: 1\nevent: delta\ndata: a\n\ndata: b\n\n')[1]).toEqual({
      event: 'message',
      id: null,
      data: 'b',
    });
  });

  it('keeps back a frame that the stream cut off', () => {
    expect(parse('event: delta\ndata: {"del')).toEqual([]);
  });
});
