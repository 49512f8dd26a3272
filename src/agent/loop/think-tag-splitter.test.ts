import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type StreamPiece, ThinkTagSplitter } from './think-tag-splitter.ts';

function split(chunks: readonly string[]): { text: string; thinking: string } {
  const splitter = new ThinkTagSplitter();
  const pieces: StreamPiece[] = [];
  for (const chunk of chunks) pieces.push(...splitter.push(chunk));
  pieces.push(...splitter.flush());
  const join = (kind: StreamPiece['kind']) =>
    pieces
      .filter((piece) => piece.kind === kind)
      .map((piece) => piece.text)
      .join('');
  return { text: join('text'), thinking: join('thinking') };
}

describe('ThinkTagSplitter', () => {
  it('separates tagged reasoning from the answer', () => {
    expect(split(['<think>hm</think>Hello'])).toEqual({ text: 'Hello', thinking: 'hm' });
  });

  it('keeps text that only looks like a tag', () => {
    expect(split(['a < b, <thin', 'ker> and </think> stay'])).toEqual({
      text: 'a < b, <thinker> and </think> stay',
      thinking: '',
    });
  });

  it('treats an unclosed block as reasoning to the end', () => {
    expect(split(['x<reasoning>never closed'])).toEqual({ text: 'x', thinking: 'never closed' });
  });

  it('gives the same result wherever the stream is cut', () => {
    const source = 'Hi <think>a <b> c</think>there <thinking>x</think>y</thinking>!';
    const whole = split([source]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: source.length }), { maxLength: 8 }), (cuts) => {
        const points = [0, ...cuts.sort((left, right) => left - right), source.length];
        const chunks = points.slice(1).map((end, index) => source.slice(points[index], end));
        expect(split(chunks)).toEqual(whole);
      }),
    );
  });

  it('passes plain text on without holding it back', () => {
    expect(new ThinkTagSplitter().push('immediately')).toEqual([{ kind: 'text', text: 'immediately' }]);
  });
});
