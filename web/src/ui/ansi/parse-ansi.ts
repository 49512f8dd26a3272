/**
 * Terminal output as styled pieces of text (ECMA-48 SGR). Colours become class names of the theme; every other
 * control sequence is dropped; a carriage return overwrites its line from the start, as progress bars expect.
 */

export interface AnsiPiece {
  readonly text: string;
  /** Class names of `syntax.css`, empty for plain text. */
  readonly className: string;
}

const COLOUR_NAMES = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];

// CSI sequences, OSC sequences (titles, links), and two-character escapes.
const ESCAPE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are made of control characters
  /\x1b\[([0-9;:]*)([@-~])|\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[@-_]?/g;

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to drop
const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/g;

interface Style {
  readonly colour: string | null;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
}

const PLAIN: Style = { colour: null, bold: false, dim: false, italic: false, underline: false };

/** The pieces of `output`, neighbours of the same style joined. */
export function parseAnsi(output: string): readonly AnsiPiece[] {
  const pieces: AnsiPiece[] = [];
  let style = PLAIN;
  let at = 0;
  const source = applyCarriageReturns(output);
  for (const match of source.matchAll(ESCAPE)) {
    append(pieces, source.slice(at, match.index), style);
    at = match.index + match[0].length;
    if (match[2] === 'm') style = applySgr(style, match[1] ?? '');
  }
  append(pieces, source.slice(at), style);
  return pieces;
}

/** Keeps what a terminal would still show of each line; a CR before LF is an ordinary line end. */
function applyCarriageReturns(output: string): string {
  if (!output.includes('\r')) return output;
  return output
    .split('\n')
    .map((line) => line.replace(/\r+$/, '').split('\r').at(-1) ?? '')
    .join('\n');
}

function append(pieces: AnsiPiece[], raw: string, style: Style): void {
  const text = raw.replace(CONTROL, '');
  if (text === '') return;
  const className = classOf(style);
  const last = pieces.at(-1);
  if (last?.className === className) pieces[pieces.length - 1] = { text: last.text + text, className };
  else pieces.push({ text, className });
}

function applySgr(style: Style, parameters: string): Style {
  const codes = parameters.split(/[;:]/).map((code) => Number(code || 0));
  let next = style;
  for (let index = 0; index < codes.length; index += 1) {
    const code = codes[index] ?? 0;
    if (code === 38 || code === 48) {
      const [colour, used] = extendedColour(codes.slice(index + 1));
      if (code === 38) next = { ...next, colour };
      index += used;
    } else {
      next = applyCode(next, code);
    }
  }
  return next;
}

function applyCode(style: Style, code: number): Style {
  if (code === 0) return PLAIN;
  if (code === 1) return { ...style, bold: true };
  if (code === 2) return { ...style, dim: true };
  if (code === 3) return { ...style, italic: true };
  if (code === 4) return { ...style, underline: true };
  if (code === 22) return { ...style, bold: false, dim: false };
  if (code === 23) return { ...style, italic: false };
  if (code === 24) return { ...style, underline: false };
  if (code === 39) return { ...style, colour: null };
  if (code >= 30 && code <= 37) return { ...style, colour: COLOUR_NAMES[code - 30] ?? null };
  if (code >= 90 && code <= 97) return { ...style, colour: COLOUR_NAMES[code - 90] ?? null };
  return style;
}

/** 256-colour and true-colour forms: the first 16 map to the theme, others keep the text colour. */
function extendedColour(rest: readonly number[]): readonly [string | null, number] {
  if (rest[0] !== 5) return [null, rest[0] === 2 ? 4 : 1];
  const index = rest[1] ?? 16;
  return [index < 16 ? (COLOUR_NAMES[index % 8] ?? null) : null, 2];
}

function classOf(style: Style): string {
  return [
    style.colour !== null && `ansi-${style.colour}`,
    style.bold && 'ansi-bold',
    style.dim && 'ansi-dim',
    style.italic && 'ansi-italic',
    style.underline && 'ansi-underline',
  ]
    .filter(Boolean)
    .join(' ');
}
