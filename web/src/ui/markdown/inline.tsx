/** Text inside a block: emphasis, code, links. */
import type { Token, Tokens } from 'marked';
import type { ReactNode } from 'react';
import { safeHref } from './safe-href.ts';

/** Draws inline tokens; raw HTML and unknown kinds are shown as their source. */
export function Inline({ tokens }: { readonly tokens: readonly Token[] }) {
  // biome-ignore lint/suspicious/noArrayIndexKey: a token has no identity but its place
  return tokens.map((token, index) => <InlineToken key={index} token={token} />);
}

function InlineToken({ token }: { readonly token: Token }): ReactNode {
  const children = token.type !== 'text' && 'tokens' in token ? <Inline tokens={token.tokens ?? []} /> : null;
  switch (token.type) {
    case 'strong':
      return <strong className="font-semibold">{children}</strong>;
    case 'em':
      return <em>{children}</em>;
    case 'del':
      return <del className="text-muted">{children}</del>;
    case 'codespan':
      return <code className="rounded bg-raised px-1 py-0.5 font-mono text-mono">{token.text}</code>;
    case 'br':
      return <br />;
    case 'link':
      return <Link href={token.href}>{children}</Link>;
    case 'image':
      return <Link href={token.href}>{(token as Tokens.Image).text || token.href}</Link>; // by its `type`
    case 'html':
      return /^<br\s*\/?>$/i.test(token.raw.trim()) ? <br /> : token.raw;
    case 'escape':
      return token.text;
    case 'text':
      return 'tokens' in token && token.tokens !== undefined ? <Inline tokens={token.tokens} /> : token.text;
    case 'checkbox':
      return null;
    default:
      return token.raw;
  }
}

function Link({ href, children }: { readonly href: string; readonly children: ReactNode }) {
  const target = safeHref(href);
  if (target === null) return <span>{children}</span>;
  return (
    <a
      href={target}
      target="_blank"
      rel="noopener noreferrer"
      className="text-accent underline decoration-1 underline-offset-2 hover:decoration-2"
    >
      {children}
    </a>
  );
}
