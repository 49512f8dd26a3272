/**
 * Finds a block by its first and last line when what lies between has drifted. One candidate needs half of its
 * middle to agree; of several, only the most similar counts, and it needs 70 %.
 */
import { editDistance } from '../../../core/edit-distance.ts';
import type { TextRange } from './edit-strategy.ts';
import { lineRange, linesOf } from './line-windows.ts';

const MIN_LINES = 3;
const ONE_CANDIDATE_SIMILARITY = 0.5;
const MANY_CANDIDATES_SIMILARITY = 0.7;
/** Blocks of a very different length are not the meant one. */
const MAX_LENGTH_FACTOR = 2;
/** Longer lines are compared by their beginnings. */
const MAX_COMPARED_CHARS = 200;

interface Candidate {
  readonly first: number;
  readonly last: number;
  readonly similarity: number;
}

export function findBlockByAnchors(content: string, target: string): readonly TextRange[] {
  const wanted = linesOf(target).map((line) => line.text.trim());
  if (wanted.length < MIN_LINES) return [];
  const lines = linesOf(content);
  const texts = lines.map((line) => line.text.trim());
  const candidates = findCandidates(texts, wanted);
  const best = Math.max(0, ...candidates.map((candidate) => candidate.similarity));
  const needed = candidates.length === 1 ? ONE_CANDIDATE_SIMILARITY : MANY_CANDIDATES_SIMILARITY;
  if (best < needed) return [];
  return candidates
    .filter((candidate) => candidate.similarity === best)
    .map(({ first, last }) => lineRange(lines, first, last, target.endsWith('\n')));
}

/** For every line equal to the first wanted one, the nearest line equal to the last. */
function findCandidates(texts: readonly string[], wanted: readonly string[]): readonly Candidate[] {
  const candidates: Candidate[] = [];
  for (let first = 0; first < texts.length; first += 1) {
    if (texts[first] !== wanted[0]) continue;
    const furthest = Math.min(texts.length - 1, first + wanted.length * MAX_LENGTH_FACTOR);
    let last = first + 2;
    while (last <= furthest && texts[last] !== wanted.at(-1)) last += 1;
    if (last > furthest) continue;
    const similarity = middleSimilarity(texts.slice(first + 1, last), wanted.slice(1, -1));
    candidates.push({ first, last, similarity });
    first = last;
  }
  return candidates;
}

/** Mean similarity of the lines at the same place; a line without partner counts as different. */
function middleSimilarity(found: readonly string[], wanted: readonly string[]): number {
  const count = Math.max(found.length, wanted.length);
  if (count === 0) return 1;
  const scores = wanted.map((line, index) => lineSimilarity(line, found[index]));
  return scores.reduce((sum, score) => sum + score, 0) / count;
}

function lineSimilarity(left: string, right: string | undefined): number {
  if (right === undefined) return 0;
  if (left === right) return 1;
  const a = left.slice(0, MAX_COMPARED_CHARS);
  const b = right.slice(0, MAX_COMPARED_CHARS);
  const longest = Math.max(a.length, b.length);
  return longest === 0 ? 1 : 1 - editDistance(a, b) / longest;
}
