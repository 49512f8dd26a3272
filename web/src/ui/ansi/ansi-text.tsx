/** Output of a command, with the colours it printed. */
import { useMemo } from 'react';
import { parseAnsi } from './parse-ansi.ts';

export function AnsiText({ text }: { readonly text: string }) {
  const pieces = useMemo(() => parseAnsi(text), [text]);
  return pieces.map((piece, index) =>
    piece.className === '' ? (
      piece.text
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: output is only ever appended
      <span key={index} className={piece.className}>
        {piece.text}
      </span>
    ),
  );
}
