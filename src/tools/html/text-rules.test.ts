import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { charsetOf, decodeText } from './decode-text.ts';
import { stripTags } from './strip-tags.ts';
import { tidyMarkdown } from './tidy-markdown.ts';

describe('charsetOf', () => {
  it.each([
    ['text/html; charset=utf-8', 'utf-8'],
    ['text/html;CHARSET="ISO-8859-1"; x=y', 'ISO-8859-1'],
    ['text/html', undefined],
    ['text/html; boundary=charset', undefined],
  ])('reads %s', (header, expected) => expect(charsetOf(header)).toBe(expected));
});

describe('decodeText', () => {
  it('prefers the byte order mark, then the header, then the page', () => {
    const latin = Buffer.from('<meta charset="utf-8">ü', 'latin1');
    expect(decodeText(latin, { charset: 'latin1', isHtml: true })).toContain('ü');
    expect(decodeText(Buffer.from('\ufeffü'), { charset: 'latin1', isHtml: false })).toBe('ü');
    expect(
      decodeText(Buffer.from('<?xml version="1.0" encoding="latin1"?>ü', 'latin1'), { isHtml: true }),
    ).toContain('ü');
    expect(
      decodeText(
        Buffer.from('<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">\xd0', 'latin1'),
        { isHtml: true },
      ),
    ).toContain('п');
  });

  it('takes text that is not HTML as UTF-8, whatever it contains', () => {
    expect(decodeText(Buffer.from('<meta charset="koi8-r">ü'), { isHtml: false })).toContain('ü');
  });

  it('does not believe a page that claims to be UTF-16 in single bytes', () => {
    expect(decodeText(Buffer.from('<meta charset="utf-16">ü'), { isHtml: true })).toContain('ü');
  });

  it('never fails', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.string(), (bytes, charset) => {
        expect(typeof decodeText(bytes, { charset, isHtml: true })).toBe('string');
      }),
    );
  });
});

describe('tidyMarkdown', () => {
  it('joins spaces and blank lines and closes up punctuation', () => {
    expect(tidyMarkdown('  a  \u00a0b , c !  \n\n\n\nd .gitignore\n')).toBe('a b, c!\n\nd .gitignore');
  });

  it('keeps the indent of list items and everything inside code', () => {
    const text = '- a\n  - b  c\n\n```js\n  x  ,\n\n\n  y\n```\n\nz  .';
    expect(tidyMarkdown(text)).toBe('- a\n  - b c\n\n```js\n  x  ,\n\n\n  y\n```\n\nz.');
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', ' ', '\n', '.', '-', '`', '|', '\u00a0') }),
        (text) => {
          const once = tidyMarkdown(text);
          expect(tidyMarkdown(once)).toBe(once);
        },
      ),
    );
  });
});

describe('stripTags', () => {
  it('leaves what is between the tags, decoded once', () => {
    expect(stripTags('<p>a &amp;lt; b</p><script>x<p></script><style>y').trim()).toBe('a &lt; b');
  });

  it('takes linear time for text made of openings', () => {
    const started = performance.now();
    stripTags('<'.repeat(500_000));
    stripTags('<!--'.repeat(200_000));
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
