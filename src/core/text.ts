/** Text helpers that never cut a character in half. Lengths are Unicode code points unless a name says bytes. */

/** Number of code points. */
export function codePointLength(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** Code points `[offset, offset + length)`. */
export function sliceCodePoints(text: string, offset: number, length: number): string {
  if (text.length <= offset) return '';
  let index = 0;
  let result = '';
  for (const character of text) {
    if (index >= offset + length) break;
    if (index >= offset) result += character;
    index += 1;
  }
  return result;
}

/** The longest prefix of `text` whose UTF-8 form has at most `maxBytes` bytes. */
export function truncateUtf8(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= maxBytes) return text;
  let end = maxBytes;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end).toString('utf8');
}

/** At most `max` code points, the last one an ellipsis when something was cut. */
export function ellipsize(text: string, max: number): string {
  if (text.length <= max || codePointLength(text) <= max) return text;
  return `${sliceCodePoints(text, 0, max - 1)}…`;
}

const XML_ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** Escapes `& < > "` for text inside the tags that mark user content in a prompt. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => XML_ESCAPES[character] ?? character);
}
