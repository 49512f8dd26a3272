/**
 * Keeps the beginning and the end of a text stream of any length in bounded memory. Characters are never cut in half;
 * the gap is described where it is.
 */
import { truncateUtf8 } from '../../core/text.ts';
import type { CapturedOutput } from '../command-runner.ts';

export interface OutputCapture {
  append(text: string): void;
  finish(): CapturedOutput;
}

/** Keeps at most about `maxBytes` of UTF-8, half of it from the end. */
export function createOutputCapture(maxBytes: number): OutputCapture {
  const headLimit = Math.ceil(maxBytes / 2);
  const tailLimit = Math.floor(maxBytes / 2);
  const head: string[] = [];
  let headBytes = 0;
  let tail: { readonly text: string; readonly bytes: number }[] = [];
  let tailBytes = 0;
  let totalBytes = 0;
  const appendTail = (text: string, bytes: number) => {
    tail.push({ text, bytes });
    tailBytes += bytes;
    let surplus = 0;
    while (surplus < tail.length - 1 && tailBytes - (tail[surplus]?.bytes ?? 0) >= tailLimit) {
      tailBytes -= tail[surplus]?.bytes ?? 0;
      surplus += 1;
    }
    if (surplus > 0) tail = tail.slice(surplus);
  };
  return {
    append(text) {
      const bytes = Buffer.byteLength(text);
      totalBytes += bytes;
      const room = headLimit - headBytes;
      if (tail.length > 0 || room <= 0) {
        appendTail(text, bytes);
        return;
      }
      const first = truncateUtf8(text, room);
      head.push(first);
      headBytes += Buffer.byteLength(first);
      if (first.length < text.length) appendTail(text.slice(first.length), bytes - Buffer.byteLength(first));
    },
    finish() {
      const headText = head.join('');
      const tailText = lastUtf8Bytes(tail.map((part) => part.text).join(''), tailLimit);
      const droppedBytes = totalBytes - headBytes - Buffer.byteLength(tailText);
      if (droppedBytes === 0) return { text: headText + tailText, droppedBytes };
      return { text: `${headText}\n... (${droppedBytes} bytes left out) ...\n${tailText}`, droppedBytes };
    },
  };
}

/** The longest suffix of whole characters with at most `maxBytes` bytes. */
function lastUtf8Bytes(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= maxBytes) return text;
  let start = bytes.length - maxBytes;
  while (start < bytes.length && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return bytes.subarray(start).toString('utf8');
}
