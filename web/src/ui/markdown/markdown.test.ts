import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { TooltipProvider } from '../tooltip.tsx';
import { Markdown } from './markdown.tsx';

/** The HTML without classes and the usual direction, which are not what these tests are about. */
function render(text: string): string {
  return renderWithDirections(text).replaceAll(' dir="ltr"', '');
}

function renderWithDirections(text: string): string {
  const markdown = createElement(TooltipProvider, null, createElement(Markdown, { text }));
  const html = renderToStaticMarkup(
    createElement(QueryClientProvider, { client: new QueryClient() }, markdown),
  );
  return html.replace(/ (class|aria-[a-z]+|data-[a-z]+|type|tabindex)="[^"]*"/gi, '');
}

describe('Markdown', () => {
  it('draws paragraphs, emphasis, code and line breaks', () => {
    expect(render('a **b** *c* ~~d~~ `e`\nf')).toBe(
      '<div><p>a <strong>b</strong> <em>c</em> <del>d</del> <code>e</code><br/>f</p></div>',
    );
  });

  it('gives each block the direction of its first letter', () => {
    const html = renderWithDirections('plain\n\nשלום\n\n- שלום\n\n> # שלום');
    expect(html).toContain('<p dir="ltr">plain</p><p dir="rtl">שלום</p><ul dir="rtl">');
    expect(html).toContain('<blockquote dir="rtl"><h3 dir="rtl">');
  });

  it('draws tables with their alignment and task lists with their state', () => {
    expect(render('| a | b |\n|---|--:|\n| 1 | 2 |')).toContain('<td>1</td><td>2</td>');
    const tasks = render('- [x] done\n- [ ] open');
    expect(tasks).toContain('<input disabled="" checked=""/>');
    expect(tasks).toContain('<input disabled=""/>');
  });

  it('keeps text and code of one list item together', () => {
    expect(render('1. read `x` now')).toContain('<div>read <code>x</code> now</div>');
  });

  it('shows raw HTML as text and never as elements', () => {
    const html = render(
      '<script>alert(1)</script>\n\n<img src=x onerror=alert(1)> text <b onclick="x">b</b>',
    );
    expect(html).not.toMatch(/<(script|img|b)[ >]/);
    expect(html).toContain('&lt;script&gt;');
  });

  it('links only harmless absolute addresses', () => {
    expect(render('[a](https://example.org/x?y=1)')).toContain('<a href="https://example.org/x?y=1"');
    for (const target of [
      'javascript:alert(1)',
      'data:text/html,x',
      '/api/auth/logout',
      '//evil.example',
      'vbscript:x',
    ]) {
      expect(render(`[a](${target})`)).not.toContain('<a');
    }
  });

  it('turns remote images into links, so that reading an answer contacts nobody', () => {
    expect(render('![cat](https://example.org/cat.png)')).toBe(
      '<div><p><a href="https://example.org/cat.png" target="_blank" rel="noopener noreferrer">cat</a></p></div>',
    );
  });

  it('draws an unfinished code block as far as it goes', () => {
    expect(render('```ts\nconst a = 1;')).toContain('const a = 1;');
  });

  it('begins headings below the headings of the page', () => {
    expect(render('# Title\n\n##### Deep')).toBe('<div><h3>Title</h3><h6>Deep</h6></div>');
  });
});
