/**
 * Where a session may be cut: never between a tool call and its result, so every kept result has its call.
 */
import type { ConversationEntry } from '../loop/conversation.ts';

/**
 * Index of the first entry to keep: the last boundary that keeps at least `keepRecent` entries; 0 when there is none.
 * With `mayKeepFewer` the nearest boundary after it counts too: for when the session has to shrink.
 */
export function splitPoint(
  entries: readonly ConversationEntry[],
  keepRecent: number,
  mayKeepFewer = false,
): number {
  const wanted = Math.max(0, entries.length - keepRecent);
  for (let index = wanted; index > 0; index -= 1) {
    if (isBoundary(entries, index)) return index;
  }
  if (!mayKeepFewer) return 0;
  for (let index = wanted + 1; index < entries.length; index += 1) {
    if (isBoundary(entries, index)) return index;
  }
  return 0;
}

/** An entry can begin the kept part when it answers no call and is not the lone summary in front. */
function isBoundary(entries: readonly ConversationEntry[], index: number): boolean {
  const entry = entries[index];
  if (entry === undefined || entry.content.some((block) => block.type === 'tool_result')) return false;
  return !(index === 1 && entries[0]?.kind === 'summary');
}
