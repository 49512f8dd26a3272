/** The rules by which a document tree becomes light Markdown for a model to read. */
import TurndownService from 'turndown';
import type { PageElement } from './page-tree.ts';

/** `baseUrl` makes links absolute. The text is not escaped: it is read, not rendered. */
export function createMarkdownConverter(baseUrl: string): TurndownService {
  const service = new TurndownService({ headingStyle: 'atx', hr: '---', br: '' });
  service.escape = (text) => text;
  const listPositions = new WeakMap<object, number>();
  service.addRule('emphasis', { filter: ['strong', 'b', 'em', 'i'], replacement: (content) => content });
  service.addRule('link', {
    filter: 'a',
    replacement: (content, node) => renderLink(content, attribute(node, 'href'), baseUrl),
  });
  service.addRule('image', {
    filter: 'img',
    replacement: (_content, node) => {
      const text = oneLine(attribute(node, 'alt'));
      return text === '' ? '' : `[image: ${text}]`;
    },
  });
  service.addRule('code block', {
    filter: 'pre',
    replacement: (_content, node: PageElement) => renderCodeBlock(node),
  });
  service.addRule('list item', {
    filter: 'li',
    replacement: (content, node: PageElement) => renderListItem(content, node, listPositions),
  });
  service.addRule('table cell', { filter: ['td', 'th'], replacement: (content) => ` ${oneLine(content)} |` });
  service.addRule('table row', {
    filter: 'tr',
    replacement: (content) => (/[^\s|]/.test(content) ? `\n|${content}` : ''),
  });
  service.addRule('table section', {
    filter: ['thead', 'tbody', 'tfoot'],
    replacement: (content) => content,
  });
  service.addRule('table', { filter: 'table', replacement: (content) => `\n\n${content}\n\n` });
  return service;
}

function renderLink(content: string, href: string, baseUrl: string): string {
  const text = oneLine(content);
  if (text === '') return '';
  const space = /^\s/.test(content) ? ' ' : '';
  const target = href === '' || href.startsWith('#') ? null : URL.parse(href, baseUrl);
  if (target === null || !['http:', 'https:', 'mailto:'].includes(target.protocol)) return `${space}${text}`;
  return `${space}[${text}](${target.href})`;
}

function renderCodeBlock(node: PageElement): string {
  const text = (node.textContent ?? '').replace(/^\n|\s+$/g, '');
  const classes = `${node.firstElementChild?.getAttribute('class') ?? ''} ${node.getAttribute('class') ?? ''}`;
  const language = /(?:^|\s)lang(?:uage)?-([\w+#-]+)/.exec(classes)?.[1] ?? '';
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `\n\n${fence}${language}\n${text}\n${fence}\n\n`;
}

/** Items are counted as they come, because asking each for its position is quadratic. */
function renderListItem(content: string, node: PageElement, positions: WeakMap<object, number>): string {
  const list = node.parentNode;
  const isOrdered = list?.nodeName === 'OL';
  let mark = '- ';
  if (isOrdered && list !== null) {
    const start = Number.parseInt(attribute(list, 'start'), 10);
    const position = positions.get(list) ?? (Number.isNaN(start) ? 1 : start);
    positions.set(list, position + 1);
    mark = `${position}. `;
  }
  const text = content
    .trim()
    .replace(/\n{2,}/g, '\n')
    .replace(/\n/g, `\n${' '.repeat(mark.length)}`);
  return text === '' ? '' : `${mark}${text}\n`;
}

function attribute(node: object, name: string): string {
  return 'getAttribute' in node && typeof node.getAttribute === 'function'
    ? String(node.getAttribute(name) ?? '')
    : '';
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
