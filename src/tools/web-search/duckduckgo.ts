/**
 * Search through the HTML pages of DuckDuckGo, which need no key.
 *
 * Invariant: a page that asks for proof that a person is searching is an error, never an empty list.
 */
import { stripTags } from '../html/strip-tags.ts';
import { searchErrors } from './errors.ts';
import type { SearchBackend, SearchHit } from './search-backend.ts';
import { askEndpoint, type SearchEndpoint } from './search-endpoint.ts';

/** Where the service is. */
export const DUCKDUCKGO_URL = 'https://html.duckduckgo.com';
/** Text of one link with its tags. */
const MAX_LINK_CHARS = 4000;

export function createDuckDuckGo(endpoint: SearchEndpoint): SearchBackend {
  return {
    name: 'duckduckgo',
    async search(request) {
      const path = `/html/?${new URLSearchParams({ q: request.query })}`;
      return parseDuckDuckGo(await askEndpoint(endpoint, { path }, request));
    },
  };
}

/** Raises `MC_SEARCH_CAPTCHA` and `MC_SEARCH_BAD_ANSWER`. */
export function parseDuckDuckGo(html: string): readonly SearchHit[] {
  const hits: SearchHit[] = [];
  for (const match of html.matchAll(/<a\s([^<>]*)>/gi)) {
    const attributes = match[1] ?? '';
    const names = attribute(attributes, 'class').split(/\s+/);
    const start = match.index + match[0].length;
    if (names.includes('result__a')) {
      hits.push({ title: linkText(html, start), url: targetOf(attributes), snippet: '' });
    } else if (names.includes('result__snippet')) {
      const hit = hits.at(-1);
      if (hit?.snippet === '') hits.splice(-1, 1, { ...hit, snippet: linkText(html, start) });
    }
  }
  if (hits.length === 0) refuseUnlessEmpty(html);
  return hits;
}

function linkText(html: string, start: number): string {
  const rest = html.slice(start, start + MAX_LINK_CHARS);
  return plainText(rest.split(/<\/a\b/i, 1)[0] ?? '');
}

function refuseUnlessEmpty(html: string): void {
  if (/anomaly-modal|anomaly\.js|challenge-form|g-recaptcha|captcha/i.test(html)) {
    throw searchErrors.create('CAPTCHA', 'duckduckgo asked for proof that a person is searching (captcha)');
  }
  if (/class=["'][^"'<>]*no-results/i.test(html)) return;
  throw searchErrors.create('BAD_ANSWER', 'the page of duckduckgo has no results that can be read');
}

function attribute(attributes: string, name: string): string {
  const match = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, 'i').exec(
    attributes,
  );
  return match?.[1] ?? match?.[2] ?? match?.[3] ?? '';
}

/** Links lead through `//duckduckgo.com/l/?uddg=<address>`. */
function targetOf(attributes: string): string {
  const href = attribute(attributes, 'href').replaceAll('&amp;', '&');
  const url = URL.parse(href, DUCKDUCKGO_URL);
  if (url === null) return '';
  const isRedirect = /(?:^|\.)duckduckgo\.com$/.test(url.hostname) && url.pathname === '/l/';
  return isRedirect ? (url.searchParams.get('uddg') ?? '') : url.href;
}

function plainText(html: string): string {
  return stripTags(html)
    .replace(/&#(\d{1,7});|&#x([0-9a-f]{1,6});/gi, (entity, decimal?: string, hexadecimal?: string) => {
      const code = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal);
      return code <= 0x10ffff ? String.fromCodePoint(code) : entity;
    })
    .replace(/\s+/g, ' ')
    .trim();
}
