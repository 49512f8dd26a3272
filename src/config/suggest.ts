/** "Did you mean": the known word nearest to what was written. */
import { editDistance } from '../core/edit-distance.ts';

/** The nearest of `known` when it is near enough to be a slip: distance at most max(2, length / 3). */
export function suggest(word: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue;
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance && distance < candidate.length) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** ` — did you mean ...?` or nothing. */
export function suggestion(word: string, known: Iterable<string>): string {
  const nearest = suggest(word, known);
  return nearest === undefined ? '' : ` — did you mean \`${nearest}\`?`;
}
