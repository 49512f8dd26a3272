/**
 * The envelope around text that came from outside (web pages and the like), so that the model sees where it ends and
 * that it is data.
 *
 * Invariant: the text cannot close its envelope or open another one.
 */
import { escapeXml } from '../core/text.ts';

export interface ContentOrigin {
  /** Where the text came from, for instance the address that answered. */
  readonly source: string;
  readonly title?: string;
}

const TAG = 'untrusted_content';

/** `<untrusted_content source="…" title="…">` on its own line, the text, and the end tag on its own line. */
export function wrapUntrusted(text: string, origin: ContentOrigin): string {
  const title =
    origin.title === undefined || origin.title === '' ? '' : ` title="${escapeXml(origin.title)}"`;
  const disarmed = text.replace(/<(?=\s*\/?\s*untrusted_content)/gi, '&lt;');
  return `<${TAG} source="${escapeXml(origin.source)}"${title}>\n${disarmed}\n</${TAG}>`;
}
