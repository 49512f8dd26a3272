/** A change to a file, line by line. Added and removed lines differ by sign and colour. */

import { useMemo } from 'react';
import { classNames } from '../class-names.ts';
import { scrollRegion } from '../scroll-region.ts';
import { type DiffLine, parseDiff } from './parse-diff.ts';

export interface DiffViewProps {
  readonly path: string;
  readonly diff: string;
  readonly added: number;
  readonly removed: number;
  readonly truncated: boolean;
}

const ROWS: Readonly<Record<DiffLine['kind'], string>> = {
  added: 'bg-accent-soft',
  removed: 'bg-danger-soft',
  context: '',
  hunk: 'bg-raised text-faint',
};

const SIGNS: Readonly<Record<DiffLine['kind'], string>> = {
  added: '+',
  removed: '−',
  context: ' ',
  hunk: '',
};

export function DiffView({ path, diff, added, removed, truncated }: DiffViewProps) {
  const lines = useMemo(() => parseDiff(diff), [diff]);
  return (
    <figure className="overflow-hidden rounded-md border border-line">
      <figcaption className="flex items-center gap-2 border-line border-b bg-raised px-3 py-1.5 font-mono text-mono">
        <span className="min-w-0 flex-1 truncate">{path}</span>
        <span className="text-accent">+{added}</span>
        <span className="text-danger">−{removed}</span>
      </figcaption>
      <div className="max-h-96 overflow-auto font-mono text-mono" {...scrollRegion}>
        <div className="w-max min-w-full">
          {lines.map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a diff do not change
            <div key={index} className={classNames('flex whitespace-pre pr-3', ROWS[line.kind])}>
              <LineNumber value={line.newNumber ?? line.oldNumber} />
              <span aria-hidden="true" className="w-4 shrink-0 select-none text-center text-muted">
                {SIGNS[line.kind]}
              </span>
              <span>{line.text}</span>
            </div>
          ))}
        </div>
      </div>
      {truncated && (
        <p className="border-line border-t px-3 py-1.5 text-faint text-xs">
          The change is longer than shown here.
        </p>
      )}
    </figure>
  );
}

function LineNumber({ value }: { readonly value: number | null }) {
  return (
    <span aria-hidden="true" className="w-10 shrink-0 select-none pr-2 text-right text-faint tabular-nums">
      {value ?? ''}
    </span>
  );
}
