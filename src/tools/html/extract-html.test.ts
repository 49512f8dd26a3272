import { describe, expect, it } from 'vitest';
import { extractHtml } from './extract-html.ts';

const text = (html: string, url = 'https://site.example/dir/page') => extractHtml(html, url).markdown;

describe('extractHtml', () => {
  it('takes the main region and drops scripts, entities and space before punctuation', () => {
    expect(text('<body>b</body><main>Hello&nbsp;<b>World</b> !<script>x</script></main>')).toBe(
      'Hello World!',
    );
  });

  it('keeps headings, paragraphs, lists, links and code as Markdown', () => {
    const html = `<html><body><main>
      <h1>Title</h1><p>First <em>paragraph</em> with
        <a href="../x?a=b#c">a link</a>, one <a href="#top">inside</a> and <code>code()</code> .</p>
      <ul><li>one</li><li>two<ul><li>deep</li></ul></li></ul>
      <ol start="3"><li>three</li><li>four</li></ol>
      <pre><code class="language-js">let a  =  1; // ,
  b</code></pre><hr><blockquote>said</blockquote></main></body></html>`;
    expect(text(html)).toBe(
      [
        '# Title',
        '',
        'First paragraph with [a link](https://site.example/x?a=b#c), one inside and `code()`.',
        '',
        '- one',
        '- two',
        '  - deep',
        '',
        '3. three',
        '4. four',
        '',
        '```js',
        'let a  =  1; // ,',
        '  b',
        '```',
        '',
        '---',
        '',
        '> said',
      ].join('\n'),
    );
  });

  it('keeps tables as rows', () => {
    expect(text('<table><thead><tr><th>A<th>B</thead><tr><td>1<td><p>2</p><p>3</p></table>')).toBe(
      '| A | B |\n| 1 | 2 3 |',
    );
  });

  it('drops everything a reader does not see', () => {
    const hidden = [
      '<script>a</script><style>b</style><noscript>c</noscript><template>d</template><svg><text>e</text></svg>',
      '<!-- f --><p hidden>g</p><p style="display: none">h</p><p style="color:red;visibility:hidden">i</p>',
      '<p style="opacity:0">j</p><p style="font-size:0px">k</p><span aria-hidden="true">l</span><iframe>m</iframe>',
    ].join('');
    expect(text(`<body><p>seen</p>${hidden}<p style="opacity:0.5;font-size:0.9em">too</p></body>`)).toBe(
      'seen\n\ntoo',
    );
  });

  it('drops the rest after a script that never ends', () => {
    expect(text('<main>kept<script>alert(1)</main> lost')).toBe('kept');
  });

  it('decodes entities exactly once', () => {
    expect(text('<p>&amp;lt;b&amp;gt; &lt;i&gt; &#39;x&#39; &quot;y&quot; &euro;</p>')).toBe(
      '&lt;b&gt; <i> \'x\' "y" €',
    );
  });

  it('uses the only article, but the whole page when there are several', () => {
    expect(text('<body><nav>menu</nav><article>the one</article></body>')).toBe('the one');
    expect(text('<body><article>one</article><article>two</article></body>')).toBe('one\n\ntwo');
  });

  it('finds the article of a page that does not mark it', () => {
    const sentence = 'This is a sentence of the article, with a comma and enough words to count as prose. ';
    const paragraph = `<p>${sentence.repeat(6)}</p>`;
    const menu = `<div class="sidebar"><ul>${'<li><a href="/x">menu</a></li>'.repeat(20)}</ul></div>`;
    const page = text(`<html><body>${menu}<div class="post">${paragraph.repeat(5)}</div></body></html>`);
    expect(page).toContain('This is a sentence');
    expect(page).not.toContain('menu');
  });

  it('reads pages without any structure', () => {
    expect(text('just text')).toBe('just text');
    expect(text('<html><p>no body</p></html>')).toBe('no body');
    expect(text('<html><head><title>T</title></head><body></body></html>')).toBe('');
    expect(text('')).toBe('');
  });

  it('returns the title apart from the text', () => {
    const page = extractHtml(
      '<html><head><title> My\n page </title></head><body>text</body></html>',
      'https://a.b/',
    );
    expect(page).toEqual({ title: 'My page', markdown: 'text' });
  });

  it('drops links that lead nowhere a reader could go', () => {
    expect(
      text(
        '<p><a href="javascript:alert(1)">js</a> <a href="data:x">data</a> <a href="http://[">bad</a></p>',
      ),
    ).toBe('js data bad');
    expect(text('<p><a href="/x"><img src="i.png"></a>after</p>')).toBe('after');
  });

  it('resolves links against the base of the page', () => {
    const html =
      '<html><head><base href="https://other.example/b/"></head><body><a href="c">x</a></body></html>';
    expect(text(html)).toBe('[x](https://other.example/b/c)');
  });

  it('shows what an image says', () => {
    expect(text('<p><img alt="a  cat" src="x"> <img src="y"></p>')).toBe('[image: a cat]');
  });

  it('fences code so that it cannot end its own block', () => {
    expect(text('<pre>```\nx\n```</pre>')).toBe('````\n```\nx\n```\n````');
  });

  it('gives the plain text of a page that is nested absurdly deep', () => {
    const deep = `${'<div>'.repeat(20_000)}deep &amp; down${'</div>'.repeat(20_000)}`;
    expect(text(`<script>no</script>${deep}`)).toBe('deep & down');
  });

  it('numbers a long list without slowing down', () => {
    const started = performance.now();
    const result = text(`<ol>${'<li>x</li>'.repeat(5_000)}</ol>`);
    expect(result.endsWith('5000. x')).toBe(true);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
