/**
 * A response as text for a model: pages as light Markdown, text types as they are, other types refused by name
 * (tools §7.4).
 */
import { truncateUtf8 } from '../../core/text.ts';
import type { EgressResponse } from '../../security/egress/egress-client.ts';
import { charsetOf, decodeText } from '../html/decode-text.ts';
import type { HtmlConverter } from '../html/html-converter.ts';

/** UTF-8 bytes of text in one result. */
export const MAX_TEXT_BYTES = 20_000;
const CUT_MARKER = '\n\n[Truncated at 20KB]';

export type WebContent =
  | { readonly kind: 'text'; readonly text: string; readonly title: string }
  | { readonly kind: 'refused'; readonly reason: string };

const HTML_TYPES: ReadonlySet<string> = new Set(['text/html', 'application/xhtml+xml']);
const TEXT_TYPES =
  /^(?:text\/.+|application\/(?:.+\+(?:json|xml|yaml)|json|ld\+json|x-ndjson|jsonl|xml|javascript|ecmascript|yaml|x-yaml|toml|sql|x-sh)|image\/svg\+xml)$/;

/** Rejects with `MC_HTML_*` or the signal's reason. */
export async function readWebContent(
  response: EgressResponse,
  converter: Pick<HtmlConverter, 'convert'>,
  signal: AbortSignal,
): Promise<WebContent> {
  const header = response.headers['content-type'] ?? '';
  const declared = header.split(';')[0]?.trim().toLowerCase() ?? '';
  const type = declared === '' ? sniffType(response.body) : declared;
  if (type === undefined) return { kind: 'refused', reason: 'content of unknown type that is not text' };
  const charset = charsetOf(header);
  if (HTML_TYPES.has(type)) {
    const page = await converter.convert({ bytes: response.body, charset, url: response.url }, signal);
    return { kind: 'text', text: cutText(page.markdown), title: page.title };
  }
  if (!TEXT_TYPES.test(type)) return { kind: 'refused', reason: `content type '${type}' is not supported` };
  const text = decodeText(response.body, { charset, isHtml: false });
  return { kind: 'text', text: cutText(text), title: '' };
}

/** At most `MAX_TEXT_BYTES` bytes, cut on a character boundary and marked. */
export function cutText(text: string): string {
  const cut = truncateUtf8(text, MAX_TEXT_BYTES);
  return cut.length === text.length ? text : `${cut}${CUT_MARKER}`;
}

/** What a body without a type is; `undefined` for anything that is not text. */
function sniffType(body: Uint8Array): string | undefined {
  const head = Buffer.from(body.subarray(0, 1024)).toString('latin1');
  if (head.includes('\0')) return undefined;
  return /<(?:!doctype html|html|head|body|main|article|div|p|h1|table|script|title)[\s>]/i.test(head)
    ? 'text/html'
    : 'text/plain';
}
