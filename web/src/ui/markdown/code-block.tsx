/** A block of code with its language, a copy button and colours that arrive when the highlighter has loaded. */

import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { CopyButton } from '../copy-button.tsx';
import { scrollRegion } from '../scroll-region.ts';
import type { HighlightNode } from './highlight.ts';

/** Larger blocks stay plain: colouring them would be felt. */
const HIGHLIGHT_MAX_CHARS = 40_000;

export interface CodeBlockProps {
  readonly code: string;
  /** As written after the fence; may be empty. */
  readonly language: string;
  /** The block may still grow. */
  readonly streaming?: boolean;
}

export function CodeBlock({ code, language, streaming = false }: CodeBlockProps) {
  const name = language.split(/[\s,{]/)[0] ?? '';
  return (
    <figure dir="ltr" className="overflow-hidden rounded-md border border-line bg-surface">
      <figcaption className="flex h-8 items-center justify-between border-line border-b pl-3 text-faint text-xs coarse:h-10">
        <span>{name === '' ? 'text' : name}</span>
        <CopyButton label="Copy code" text={() => code} className="!size-7 mr-0.5" />
      </figcaption>
      <pre className="overflow-x-auto p-3 font-mono text-mono" {...scrollRegion}>
        <code>
          <HighlightedCode code={code} language={name} enabled={!streaming} />
        </code>
      </pre>
    </figure>
  );
}

interface HighlightedCodeProps {
  readonly code: string;
  readonly language: string;
  readonly enabled: boolean;
}

function HighlightedCode({ code, language, enabled }: HighlightedCodeProps) {
  const { data } = useQuery({
    queryKey: ['highlight', language, code],
    queryFn: async () => (await import('./highlight.ts')).highlight(code, language),
    enabled: enabled && language !== '' && code.length <= HIGHLIGHT_MAX_CHARS,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    retry: false,
  });
  return data == null ? code : renderNodes(data);
}

function renderNodes(nodes: readonly HighlightNode[]): ReactNode[] {
  return nodes.map((node, index) =>
    typeof node === 'string' ? (
      node
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: a token has no identity but its place
      <span key={index} className={node.className}>
        {renderNodes(node.children)}
      </span>
    ),
  );
}
