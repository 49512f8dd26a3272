/** A unified diff as lines to draw, with the line numbers of both sides. */

export interface DiffLine {
  readonly kind: 'added' | 'removed' | 'context' | 'hunk';
  /** Without the leading `+`, `-` or space; the whole line for a hunk head. */
  readonly text: string;
  readonly oldNumber: number | null;
  readonly newNumber: number | null;
}

const HUNK_HEAD = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/;

/** Lines before the first hunk (file names) are left out; a diff without hunk heads counts lines from 1. */
export function parseDiff(diff: string): readonly DiffLine[] {
  const lines: DiffLine[] = [];
  let oldNumber = 1;
  let newNumber = 1;
  for (const line of diff.replace(/\n$/, '').split('\n')) {
    const head = HUNK_HEAD.exec(line);
    if (head !== null) {
      oldNumber = Number(head[1]);
      newNumber = Number(head[2]);
      lines.push({ kind: 'hunk', text: line, oldNumber: null, newNumber: null });
    } else if (isFileHead(line, lines.length)) {
      // file names stand on the card
    } else if (line.startsWith('+')) {
      lines.push({ kind: 'added', text: line.slice(1), oldNumber: null, newNumber: newNumber++ });
    } else if (line.startsWith('-')) {
      lines.push({ kind: 'removed', text: line.slice(1), oldNumber: oldNumber++, newNumber: null });
    } else if (!line.startsWith('\\')) {
      lines.push({ kind: 'context', text: line.slice(1), oldNumber: oldNumber++, newNumber: newNumber++ });
    }
  }
  return lines;
}

function isFileHead(line: string, linesSoFar: number): boolean {
  return linesSoFar === 0 && /^(diff |index |--- |\+\+\+ )/.test(line);
}
