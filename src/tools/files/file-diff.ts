/**
 * What a write changed, for people: line counts and unified hunks with three lines of context, without a file header
 * (tools §6). Carried as `metadata.file_diff`.
 */
import type { JsonObject } from '../../core/json.ts';
import { diffLines, type LineEdit } from './line-diff.ts';

interface FileDiff {
  readonly path: string;
  readonly diff: string;
  readonly added: number;
  readonly removed: number;
  /** The diff was cut at the line limit. */
  readonly truncated: boolean;
}

const DEFAULT_DIFF_MAX_LINES = 120;
const MIN_DIFF_LINES = 4;
const CONTEXT_LINES = 3;

/** `undefined` when the texts have the same lines. */
export function createFileDiff(
  path: string,
  before: string,
  after: string,
  maxLines = DEFAULT_DIFF_MAX_LINES,
): FileDiff | undefined {
  const edits = diffLines(splitLines(before), splitLines(after));
  const added = edits.filter((edit) => edit.kind === 'added').length;
  const removed = edits.filter((edit) => edit.kind === 'removed').length;
  if (added + removed === 0) return undefined;
  const lines = unifiedHunks(edits);
  const limit = Math.max(MIN_DIFF_LINES, maxLines);
  const truncated = lines.length > limit;
  const shown = truncated ? [...lines.slice(0, limit), `… (diff truncated at ${limit} lines)`] : lines;
  return { path, diff: shown.join('\n'), added, removed, truncated };
}

/** The metadata object of a tool result; `undefined` when nothing changed. */
export function diffMetadata(diff: FileDiff | undefined): { readonly metadata: JsonObject } | undefined {
  return diff === undefined ? undefined : { metadata: { file_diff: { ...diff } } };
}

/** ` (+A -R)`, or nothing when nothing changed. */
export function diffStats(diff: FileDiff | undefined): string {
  return diff === undefined ? '' : ` (+${diff.added} -${diff.removed})`;
}

/** A final line end does not begin another line. */
function splitLines(text: string): readonly string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

const PREFIX = { same: ' ', removed: '-', added: '+' } as const;

function unifiedHunks(edits: readonly LineEdit[]): string[] {
  const isShown = contextMask(edits);
  const lines: string[] = [];
  let oldLine = 1;
  let newLine = 1;
  edits.forEach((edit, index) => {
    if (isShown[index] === true) {
      if (isShown[index - 1] !== true) lines.push(hunkHeader(edits, isShown, index, oldLine, newLine));
      lines.push(PREFIX[edit.kind] + edit.line);
    }
    if (edit.kind !== 'added') oldLine += 1;
    if (edit.kind !== 'removed') newLine += 1;
  });
  return lines;
}

/** True for every edit within the context of a change. */
function contextMask(edits: readonly LineEdit[]): readonly boolean[] {
  const mask = new Array<boolean>(edits.length).fill(false);
  edits.forEach((edit, index) => {
    if (edit.kind !== 'same') mask.fill(true, Math.max(0, index - CONTEXT_LINES), index + CONTEXT_LINES + 1);
  });
  return mask;
}

function hunkHeader(
  edits: readonly LineEdit[],
  isShown: readonly boolean[],
  start: number,
  oldLine: number,
  newLine: number,
): string {
  let oldCount = 0;
  let newCount = 0;
  for (let index = start; isShown[index] === true; index += 1) {
    if (edits[index]?.kind !== 'added') oldCount += 1;
    if (edits[index]?.kind !== 'removed') newCount += 1;
  }
  return `@@ -${range(oldLine, oldCount)} +${range(newLine, newCount)} @@`;
}

/** An empty range names the line before it, as in every unified diff. */
function range(line: number, count: number): string {
  return `${count === 0 ? line - 1 : line},${count}`;
}
