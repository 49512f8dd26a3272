/** The search of the command palette. */

export interface PaletteCommand {
  readonly id: string;
  readonly title: string;
  /** Heading of its group. */
  readonly group: string;
  readonly keys?: string;
  readonly run: () => void;
}

/** Commands whose title has the letters of every typed word, best first; all of them for an empty search. */
export function findCommands(commands: readonly PaletteCommand[], search: string): readonly PaletteCommand[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return commands;
  return commands
    .map((command, index) => ({ command, index, score: scoreOf(command.title.toLowerCase(), words) }))
    .filter((entry) => entry.score > 0)
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .map((entry) => entry.command);
}

function scoreOf(title: string, words: readonly string[]): number {
  const scores = words.map((word) => scoreWord(title, word));
  return scores.includes(0) ? 0 : scores.reduce((sum, score) => sum + score, 0);
}

/** 3 at the start of a word, 2 inside one, 1 when only the letters appear in order, 0 otherwise. */
function scoreWord(title: string, word: string): number {
  const at = title.indexOf(word);
  if (at === 0 || (at > 0 && /\W/.test(title.charAt(at - 1)))) return 3;
  if (at > 0) return 2;
  let from = 0;
  for (const letter of word) {
    const next = title.indexOf(letter, from);
    if (next === -1) return 0;
    from = next + 1;
  }
  return 1;
}
