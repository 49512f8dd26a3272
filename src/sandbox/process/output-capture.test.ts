import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createOutputCapture } from './output-capture.ts';

function capture(maxBytes: number, chunks: readonly string[]) {
  const output = createOutputCapture(maxBytes);
  for (const chunk of chunks) output.append(chunk);
  return output.finish();
}

describe('captured output', () => {
  test('that fits is kept as it is', () => {
    expect(capture(10, ['12345', '67890'])).toEqual({ text: '1234567890', droppedBytes: 0 });
  });

  test('that is too long keeps its beginning and its end', () => {
    expect(capture(6, ['abc', 'defgh', 'ijk'])).toEqual({
      text: 'abc\n... (5 bytes left out) ...\nijk',
      droppedBytes: 5,
    });
  });

  test('never cuts a character', () => {
    const { text } = capture(5, ['ää', 'öö', 'üü']);
    expect(text).toBe('ä\n... (8 bytes left out) ...\nü');
  });

  test('accounts for every byte, whatever arrives', () => {
    const chunk = fc.string({ unit: 'grapheme', maxLength: 30 });
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 20 }), fc.integer({ min: 2, max: 60 }), (chunks, maxBytes) => {
        const whole = chunks.join('');
        const { text, droppedBytes } = capture(maxBytes, chunks);
        if (droppedBytes === 0) {
          expect(text).toBe(whole);
          return;
        }
        const [head = '', tail = ''] = text.split(`\n... (${droppedBytes} bytes left out) ...\n`);
        expect(whole.startsWith(head)).toBe(true);
        expect(whole.endsWith(tail)).toBe(true);
        expect(Buffer.byteLength(head) + Buffer.byteLength(tail) + droppedBytes).toBe(
          Buffer.byteLength(whole),
        );
        expect(Buffer.byteLength(head) + Buffer.byteLength(tail)).toBeLessThanOrEqual(maxBytes);
      }),
    );
  });
});
