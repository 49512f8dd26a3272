import { describe, expect, it } from 'vitest';
import { type HighlightNode, highlight } from './highlight.ts';

function textOf(nodes: readonly HighlightNode[]): string {
  return nodes.map((node) => (typeof node === 'string' ? node : textOf(node.children))).join('');
}

describe('highlight', () => {
  it('marks the parts of known languages and keeps every character', () => {
    const code = 'const a = "<b>"; // <script>';
    const nodes = highlight(code, 'ts') ?? [];
    expect(textOf(nodes)).toBe(code);
    expect(nodes[0]).toEqual({ className: 'hljs-keyword', children: ['const'] });
  });

  it('keeps every character of code with another language inside', () => {
    const code = '<style>a { color: red }</style><script>let x = 1;</script>';
    expect(textOf(highlight(code, 'html') ?? [])).toBe(code);
  });

  it('knows the usual short names and leaves unknown languages alone', () => {
    for (const name of ['sh', 'py', 'js', 'yml', 'rs', 'md', 'html'])
      expect(highlight('x', name)).not.toBeNull();
    expect(highlight('x', 'klingon')).toBeNull();
  });
});
