/**
 * GitHub-flavoured Markdown, with line ends kept as in its comments, as React elements. No HTML string is ever built or
 * inserted: raw HTML in a message is shown as the text it is, links keep only harmless schemes, and remote images
 * become links, so that reading an answer contacts nobody.
 *
 * Invariants: blocks that did not change while a text grows are not drawn again; an unfinished block at the end is
 * drawn as far as it goes.
 */
import { Lexer, type Token } from 'marked';
import { memo, useMemo } from 'react';
import { Block } from './block.tsx';

export interface MarkdownProps {
  readonly text: string;
  /** The text still grows: its last code block is not highlighted yet. */
  readonly streaming?: boolean;
}

export function Markdown({ text, streaming = false }: MarkdownProps) {
  const tokens = useMemo(() => blockTokens(text), [text]);
  return (
    <div className="flex min-w-0 flex-col gap-3 text-answer [overflow-wrap:anywhere]">
      {tokens.map((token, index) => (
        <StableBlock
          // biome-ignore lint/suspicious/noArrayIndexKey: blocks are only ever appended
          key={index}
          raw={token.raw}
          token={token}
          streaming={streaming && index === tokens.length - 1}
        />
      ))}
    </div>
  );
}

interface StableBlockProps {
  readonly raw: string;
  readonly token: Token;
  readonly streaming: boolean;
}

/** The same source gives the same block, whatever token object carries it. */
const StableBlock = memo(
  ({ token, streaming }: StableBlockProps) => <Block token={token} streaming={streaming} />,
  (before, after) => before.raw === after.raw && before.streaming === after.streaming,
);

function blockTokens(text: string): Token[] {
  return new Lexer({ gfm: true, breaks: true })
    .lex(text)
    .filter((token) => token.type !== 'space' && token.type !== 'def');
}
