/**
 * Final whitespace of extracted text: single spaces and no space before punctuation within a line, single blank lines
 * between blocks. Code blocks stay as they are.
 */

export function tidyMarkdown(text: string): string {
  const lines: string[] = [];
  let fence: string | undefined;
  for (const line of text.split('\n')) {
    const mark = /^\s*(`{3,})/.exec(line)?.[1];
    if (fence !== undefined) {
      lines.push(line);
      if (mark === fence && line.trim() === fence) fence = undefined;
      continue;
    }
    fence = mark;
    const tidied = mark === undefined ? tidyLine(line) : line.trimEnd();
    if (tidied !== '' || lines.at(-1) !== '') lines.push(tidied);
  }
  return lines.join('\n').trim();
}

function tidyLine(line: string): string {
  const indent = /^ *(?=(?:[-*]|\d+\.) |\|)/.exec(line)?.[0] ?? '';
  const words = line
    .replace(/[\s\u00a0\u200b\ufeff]+/g, ' ')
    .replace(/ ([.,:;!?]+)(?= |$)/g, '$1')
    .trim();
  return words === '' ? '' : `${indent}${words}`;
}
