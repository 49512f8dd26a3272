/** Recognises arithmetic written by a person and turns it into what the `calculate` tool reads. */

const WORDS: readonly (readonly [RegExp, string])[] = [
  [/[×·]|\btimes\b|\bmultiplied by\b/gi, '*'],
  [/(?<=\d)\s*x\s*(?=[\d(])/gi, '*'],
  [/÷|\bdivided by\b|\bover\b/gi, '/'],
  [/\bplus\b/gi, '+'],
  [/[−–]|\bminus\b/gi, '-'],
  [/\bmod(?:ulo)?\b/gi, '%'],
  [/(?<=\d),(?=\d{3}\b)/g, ''],
];

/** The expression, or `undefined` when the text is anything else; a number alone is nothing to compute. */
export function readArithmetic(text: string): string | undefined {
  const expression = WORDS.reduce((current, [word, sign]) => current.replace(word, sign), text)
    .replace(/`/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  const isArithmetic =
    /^[\d\s.+\-*/%()]+$/.test(expression) && /\d\s*\)*\s*[-+*/%]\s*[-+(\d.]/.test(expression);
  // A date such as 2026-01-01 is not a subtraction.
  return isArithmetic && !/^\d{4}-\d{2}-\d{2}$/.test(expression) ? expression : undefined;
}
