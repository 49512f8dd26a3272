import { describe, expect, it } from 'vitest';
import { parseDuckDuckGo } from './duckduckgo.ts';

const hit = (href: string, title: string, snippet: string) =>
  `<div class="result results_links">
    <h2 class="result__title"><a rel="nofollow" class="result__a" href="${href}">${title}</a></h2>
    <a class="result__url" href="${href}">shown address</a>
    <a class="result__snippet" href="${href}">${snippet}</a>
  </div>`;

describe('a page of DuckDuckGo', () => {
  it('gives titles, unwrapped addresses and snippets', () => {
    const page =
      hit(
        '//duckduckgo.com/l/?uddg=https%3A%2F%2Fa.example%2Fx%3Fy%3D1%26z&amp;rut=abc',
        'A <b>bold</b> &amp; fine',
        'Snippet&#x27;s <b>text</b>\n more',
      ) + hit('https://direct.example/', 'Second', '');
    expect(parseDuckDuckGo(page)).toEqual([
      { title: 'A bold & fine', url: 'https://a.example/x?y=1&z', snippet: "Snippet's text more" },
      { title: 'Second', url: 'https://direct.example/', snippet: '' },
    ]);
  });

  it('is an error when it asks for proof that a person is searching', () => {
    const page = '<form id="challenge-form"><div class="anomaly-modal__title">Select all ducks</div></form>';
    expect(() => parseDuckDuckGo(page)).toThrow(/captcha/);
  });

  it('is an error when nothing in it can be read, and empty only when it says so', () => {
    expect(() => parseDuckDuckGo('<p>something new</p>')).toThrow(/no results that can be read/);
    expect(parseDuckDuckGo('<div class="no-results">No results.</div>')).toEqual([]);
  });

  it('unwraps links of its own redirect only', () => {
    const page = hit('https://evil.example/l/?uddg=https%3A%2F%2Fa.example%2F', 'T', '');
    expect(parseDuckDuckGo(page)[0]?.url).toMatch(/^https:\/\/evil\.example\//);
  });

  it('stays quick on links without an end', () => {
    const page = '<a class="result__a" href="https://a.example/">'.repeat(20_000);
    expect(parseDuckDuckGo(page)).toHaveLength(20_000);
  });
});
