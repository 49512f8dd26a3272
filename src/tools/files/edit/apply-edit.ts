/**
 * Replaces one piece of a text, found by the first strategy that matches anything. Ambiguity is an error unless
 * every match is meant.
 */
import type { EditStrategy, TextRange } from './edit-strategy.ts';
import { EDIT_STRATEGIES } from './strategies.ts';

interface EditRequest {
  readonly content: string;
  readonly oldString: string;
  readonly newString: string;
  /** Replace every match instead of insisting on one. */
  readonly replaceAll: boolean;
}

export type EditResult =
  | { readonly kind: 'edited'; readonly content: string; readonly strategy: string; readonly count: number }
  /** `message` is complete text for the model. */
  | { readonly kind: 'failed'; readonly message: string };

export function applyEdit(request: EditRequest): EditResult {
  const { content, oldString, newString } = request;
  if (oldString === '') return failed('old_string cannot be empty');
  if (oldString === newString) return failed('old_string and new_string are identical');
  for (const strategy of EDIT_STRATEGIES) {
    const ranges = strategy.find(content, oldString);
    if (ranges.length > 0) return replaceRanges(request, strategy, ranges);
  }
  return failed(
    'Could not find a match for old_string in the file. Read the file again and copy the text to replace exactly.',
  );
}

function replaceRanges(
  request: EditRequest,
  strategy: EditStrategy,
  ranges: readonly TextRange[],
): EditResult {
  const { content } = request;
  if (ranges.length > 1 && !request.replaceAll) {
    return failed(
      `Found ${ranges.length} matches for old_string (matched via ${strategy.name}). Add surrounding lines until it is unique, or set replace_all.`,
    );
  }
  let result = '';
  let position = 0;
  for (const range of ranges) {
    const matched = content.slice(range.start, range.end);
    const drift = strategy.name === 'exact' ? undefined : escapeDrift(request, matched);
    if (drift !== undefined) return failed(drift);
    result += content.slice(position, range.start) + fitReplacement(request, strategy, matched);
    position = range.end;
  }
  result += content.slice(position);
  if (result === content) return failed('The edit changes nothing: the file already has the new text there.');
  return { kind: 'edited', content: result, strategy: strategy.name, count: ranges.length };
}

/** The replacement with the indentation and line ends of its place. */
function fitReplacement(request: EditRequest, strategy: EditStrategy, matched: string): string {
  const { content, oldString, newString } = request;
  const adapted = strategy.adapt?.(newString, oldString, matched) ?? newString;
  const isForeignLineEnd = content.includes('\r\n') && !oldString.includes('\r') && !newString.includes('\r');
  return isForeignLineEnd ? adapted.replace(/\r?\n/g, '\r\n') : adapted;
}

/** A quote escaped in both strings but not in the file: replacing would write the stray backslash. */
function escapeDrift(request: EditRequest, matched: string): string | undefined {
  const drifted = ["\\'", '\\"'].find(
    (escaped) =>
      request.oldString.includes(escaped) &&
      request.newString.includes(escaped) &&
      !matched.includes(escaped),
  );
  if (drifted === undefined) return undefined;
  return `Escape-drift detected: old_string and new_string contain ${drifted}, the file has the quote without a backslash. Send both without the extra backslash.`;
}

function failed(message: string): EditResult {
  return { kind: 'failed', message };
}
