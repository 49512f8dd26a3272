import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAnsi } from './parse-ansi.ts';

const ESC = '\x1b';

describe('parseAnsi', () => {
  it('gives plain output as one piece', () => {
    expect(parseAnsi('a\nb\tc')).toEqual([{ text: 'a\nb\tc', className: '' }]);
  });

  it('turns colours and weights into classes until they are reset', () => {
    expect(parseAnsi(`${ESC}[1;32mok${ESC}[22m fine${ESC}[0m end`)).toEqual([
      { text: 'ok', className: 'ansi-green ansi-bold' },
      { text: ' fine', className: 'ansi-green' },
      { text: ' end', className: '' },
    ]);
  });

  it('maps bright and 256-colour codes of the first 16 to the theme, and skips the arguments of others', () => {
    const classes = (output: string) => parseAnsi(output).map((piece) => piece.className);
    expect(classes(`${ESC}[91mx`)).toEqual(['ansi-red']);
    expect(classes(`${ESC}[38;5;12mx`)).toEqual(['ansi-blue']);
    expect(classes(`${ESC}[38;2;1;4;3;1mx`)).toEqual(['ansi-bold']);
    expect(classes(`${ESC}[48;5;1;4mx`)).toEqual(['ansi-underline']);
  });

  it('drops cursor movement, titles and lone escapes', () => {
    expect(parseAnsi(`a${ESC}[2K${ESC}[10;5Hb${ESC}]0;title\x07c${ESC}`)).toEqual([
      { text: 'abc', className: '' },
    ]);
  });

  it('overwrites a line from its start, as progress bars expect, but keeps CRLF lines', () => {
    expect(parseAnsi('10%\r50%\r100%\ndone\r\n')).toEqual([{ text: '100%\ndone\n', className: '' }]);
  });

  it('loses no letter of any text and leaves no control character', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'é', '\n', `${ESC}[31m`, `${ESC}[0m`, `${ESC}[1;4m`)),
        (parts) => {
          const shown = parseAnsi(parts.join(''))
            .map((piece) => piece.text)
            .join('');
          expect(shown).toBe(parts.filter((part) => !part.startsWith(ESC)).join(''));
        },
      ),
    );
  });
});
