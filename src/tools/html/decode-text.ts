/**
 * Bytes to text by the character set they are in: byte order mark, then the `charset` of the Content-Type, then what
 * an HTML page says about itself, then UTF-8 (WHATWG encoding sniffing without guessing).
 */

/** How far into a page its own declaration is looked for; the HTML standard says 1024 bytes. */
const DECLARATION_BYTES = 1024;

/** The `charset` parameter of a Content-Type header. */
export function charsetOf(contentType: string): string | undefined {
  return /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType)?.[1];
}

/** Never fails: bytes that are not valid in the character set become U+FFFD, an unknown one counts as absent. */
export function decodeText(
  bytes: Uint8Array,
  options: { charset?: string | undefined; isHtml: boolean },
): string {
  const label =
    byteOrderMark(bytes) ?? knownLabel(options.charset) ?? (options.isHtml ? declared(bytes) : undefined);
  return new TextDecoder(label ?? 'utf-8').decode(bytes);
}

function byteOrderMark(bytes: Uint8Array): string | undefined {
  const [first, second, third] = bytes;
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return first === 0xff && second === 0xfe ? 'utf-16le' : undefined;
}

function declared(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, DECLARATION_BYTES)).toString('latin1');
  const tag = /<meta\b[^>]*?charset\s*=\s*["']?\s*([^\s"'/>;]+)/i.exec(head)?.[1];
  const label = knownLabel(tag ?? /^<\?xml[^>]*?encoding\s*=\s*["']([^"']+)/i.exec(head)?.[1]);
  // A page that could be read this far as single bytes is not UTF-16, whatever it says.
  return label?.startsWith('utf-16') === true ? 'utf-8' : label;
}

function knownLabel(label: string | undefined): string | undefined {
  if (label === undefined) return undefined;
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return undefined; // RangeError: no such character set
  }
}
