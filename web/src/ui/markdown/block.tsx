/** One block of Markdown: paragraph, heading, list, table, quote, code, rule. */

import type { Token, Tokens } from 'marked';
import { scrollRegion } from '../scroll-region.ts';
import { directionOf } from '../text-direction.ts';
import { CodeBlock } from './code-block.tsx';
import { Inline } from './inline.tsx';

interface BlockProps<Kind extends Token = Token> {
  readonly token: Kind;
  readonly streaming: boolean;
}

/** Draws a block token; a kind it does not know is shown as its source. */
export function Block({ token, streaming }: BlockProps) {
  // marked's `Token` includes a generic kind, so `type` alone does not narrow it; each kind has the type of its name.
  switch (token.type) {
    case 'heading':
      return <Heading token={token as Tokens.Heading} />;
    case 'paragraph':
      return (
        <p dir={directionOf(token.raw)}>
          <Inline tokens={token.tokens ?? []} />
        </p>
      );
    case 'text':
      return <div>{token.tokens === undefined ? token.raw : <Inline tokens={token.tokens} />}</div>;
    case 'code':
      return <CodeBlock code={token.text} language={token.lang ?? ''} streaming={streaming} />;
    case 'list':
      return <List token={token as Tokens.List} streaming={streaming} />;
    case 'blockquote':
      return (
        <blockquote
          dir={directionOf(token.raw)}
          className="flex flex-col gap-2 border-line-strong border-s-2 ps-3 text-muted"
        >
          <Blocks tokens={token.tokens ?? []} streaming={streaming} />
        </blockquote>
      );
    case 'table':
      return <Table token={token as Tokens.Table} />;
    case 'hr':
      return <hr className="border-line" />;
    case 'checkbox':
    case 'space':
      return null;
    default:
      return (
        <p dir={directionOf(token.raw)} className="whitespace-pre-wrap">
          {token.raw.trimEnd()}
        </p>
      );
  }
}

function Blocks({ tokens, streaming }: { readonly tokens: readonly Token[]; readonly streaming: boolean }) {
  return tokens.map((token, index) => (
    <Block
      // biome-ignore lint/suspicious/noArrayIndexKey: a token has no identity but its place
      key={index}
      token={token}
      streaming={streaming && index === tokens.length - 1}
    />
  ));
}

const HEADING_CLASSES = ['text-xl', 'text-lg', 'text-base', 'text-answer', 'text-answer', 'text-answer'];

/** A message sits below the page's own headings, so its levels start at 3. */
function Heading({ token }: { readonly token: Tokens.Heading }) {
  const level = Math.min(token.depth + 2, 6);
  const Tag = `h${level}` as 'h3' | 'h4' | 'h5' | 'h6'; // 3 to 6 by the line above
  return (
    <Tag
      dir={directionOf(token.raw)}
      className={`mt-1 font-semibold ${HEADING_CLASSES[token.depth - 1] ?? ''}`}
    >
      <Inline tokens={token.tokens} />
    </Tag>
  );
}

function List({ token, streaming }: BlockProps<Tokens.List>) {
  const items = token.items.map((item, index) => (
    <li
      // biome-ignore lint/suspicious/noArrayIndexKey: a list item has no identity but its place
      key={index}
      className={item.task ? 'list-none' : undefined}
    >
      <ListItem item={item} streaming={streaming && index === token.items.length - 1} />
    </li>
  ));
  const spacing = token.loose ? 'flex flex-col gap-2' : 'flex flex-col gap-1';
  const direction = directionOf(token.raw);
  if (!token.ordered) {
    return (
      <ul dir={direction} className={`${spacing} list-disc ps-5 marker:text-faint`}>
        {items}
      </ul>
    );
  }
  return (
    <ol
      dir={direction}
      start={token.start === '' ? 1 : token.start}
      className={`${spacing} list-decimal ps-6 marker:text-faint`}
    >
      {items}
    </ol>
  );
}

function ListItem({ item, streaming }: { readonly item: Tokens.ListItem; readonly streaming: boolean }) {
  return (
    <div className="flex items-start gap-2">
      {item.task && (
        <input
          type="checkbox"
          checked={item.checked === true}
          disabled
          aria-label={item.checked === true ? 'done' : 'not done'}
          className="mt-1.5 -ms-5 accent-accent-fill"
        />
      )}
      <div className="flex min-w-0 flex-1 flex-col gap-2">
        <Blocks tokens={item.tokens} streaming={streaming} />
      </div>
    </div>
  );
}

/** Columns wrap long text, sooner on a phone’s screen, where the table scrolls. */
const CELL = 'max-w-96 max-sm:max-w-56 px-3 py-1.5';

function Table({ token }: { readonly token: Tokens.Table }) {
  const align = (index: number) => {
    const side = token.align[index] ?? 'start';
    return { start: 'text-start', left: 'text-left', center: 'text-center', right: 'text-right' }[side];
  };
  return (
    // Words stay whole here: a column of single letters cannot be read, a wide table can be scrolled.
    <div
      dir={directionOf(token.raw)}
      className="overflow-x-auto rounded-md border border-line [overflow-wrap:break-word]"
      {...scrollRegion}
    >
      <table className="w-full border-collapse text-sm tabular-nums max-sm:w-max max-sm:min-w-full">
        <thead className="bg-raised">
          <tr>
            {token.header.map((cell, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns do not move
              <th key={index} scope="col" className={`${CELL} font-medium ${align(index)}`}>
                <Inline tokens={cell.tokens} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {token.rows.map((row, rowIndex) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows are only ever appended
            <tr key={rowIndex} className="border-line border-t">
              {row.map((cell, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: columns do not move
                <td key={index} className={`${CELL} align-top ${align(index)}`}>
                  <Inline tokens={cell.tokens} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
