/**
 * HTML to light Markdown (tools §7.4): the main region of a page with its headings, lists, links, tables and code;
 * emphasis is dropped. Loads the document libraries, so it runs in the worker thread only.
 *
 * Invariants: scripts, styles, hidden elements and comments never reach the text; links are absolute; a page that
 * cannot be processed as a tree still gives its plain text.
 */
import { isProbablyReaderable, Readability } from '@mozilla/readability';
import { parseHTML } from 'linkedom';
import { createMarkdownConverter } from './markdown-converter.ts';
import type { PageDocument, PageElement } from './page-tree.ts';
import { stripTags } from './strip-tags.ts';
import { tidyMarkdown } from './tidy-markdown.ts';

export interface ExtractedPage {
  /** One line; empty when the page has none. */
  readonly title: string;
  readonly markdown: string;
}

/** Removed with everything inside. */
const UNWANTED = [
  ...['script', 'style', 'noscript', 'template', 'svg', 'math', 'iframe', 'object', 'embed', 'canvas'],
  ...['audio', 'video', 'head', 'title', 'link', 'meta', 'input', 'select', 'button', 'dialog:not([open])'],
  ...['[hidden]', '[aria-hidden="true"]'],
].join(',');

/** What keeps text from being seen: the usual hiding place of instructions meant for a model. */
const INVISIBLE_STYLE =
  /(?:display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?![.\d])|font-size\s*:\s*0(?![.\d]))/i;

/** An article that Readability finds must hold this much text, and this part of the page's, to stand for the page. */
const MIN_ARTICLE_CHARS = 500;
const MIN_ARTICLE_SHARE = 0.5;
const MAX_ELEMENTS = 100_000;

/** `url` is where the page came from; relative links are resolved against it. */
export function extractHtml(html: string, url: string): ExtractedPage {
  try {
    const document: PageDocument = parseHTML(completeDocument(html)).document;
    const title = (document.querySelector('title')?.textContent ?? '').replace(/\s+/g, ' ').trim();
    const base = document.querySelector('base[href]')?.getAttribute('href') ?? '';
    removeUnwanted(document);
    const converter = createMarkdownConverter(URL.parse(base, url)?.href ?? url);
    return { title, markdown: tidyMarkdown(converter.turndown(mainRegion(document))) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // only a stack that is too small for the page is expected
    return { title: '', markdown: tidyMarkdown(stripTags(html)) };
  }
}

/** The parser builds a whole document only from text that has an `html` element. */
function completeDocument(html: string): string {
  return /<html[\s>]/i.test(html) ? html : `<!doctype html><html><body>${html}</body></html>`;
}

function removeUnwanted(document: PageDocument): void {
  for (const element of [...document.querySelectorAll(UNWANTED)]) element.remove();
  for (const element of [...document.querySelectorAll('[style]')]) {
    if (INVISIBLE_STYLE.test(element.getAttribute('style') ?? '')) element.remove();
  }
}

/** `main`, the only `article`, what Readability finds, or everything. */
function mainRegion(document: PageDocument): PageElement {
  const main = document.querySelector('main, [role="main"]');
  if (main !== null && hasText(main)) return main;
  const articles = document.querySelectorAll('article');
  const [only] = articles;
  if (articles.length === 1 && only !== undefined && hasText(only)) return only;
  const { body, documentElement } = document;
  const whole = hasText(body) ? body : documentElement;
  return findArticle(document, whole) ?? whole;
}

function findArticle(document: PageDocument, whole: PageElement): PageElement | undefined {
  if (!isProbablyReaderable(document)) return undefined;
  // Readability changes the document it is given.
  const article = new Readability<PageElement>(document.cloneNode(true), {
    serializer: (node: PageElement) => node,
    maxElemsToParse: MAX_ELEMENTS,
    charThreshold: MIN_ARTICLE_CHARS,
  }).parse();
  const length = article?.textContent?.trim().length ?? 0;
  const wholeLength = (whole.textContent ?? '').trim().length;
  if (length < MIN_ARTICLE_CHARS || length < wholeLength * MIN_ARTICLE_SHARE) return undefined;
  return article?.content ?? undefined;
}

function hasText(element: PageElement): boolean {
  return (element.textContent ?? '').trim() !== '';
}
