/** Which link targets of a message may be followed. */
const ALLOWED_PROTOCOLS: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:']);

/**
 * The target when it is an absolute `http`, `https` or `mailto` URL, else `null`: a script, a data document or a path
 * of this console in a model's answer is shown, not linked.
 */
export function safeHref(href: string): string | null {
  const url = URL.parse(href);
  return url !== null && ALLOWED_PROTOCOLS.has(url.protocol) ? url.href : null;
}
