/**
 * How a call is shown to the person who decides about it.
 *
 * Invariant: nothing is hidden. Characters that are invisible or reorder text are written as `\u{…}`; input too large
 * to be read is not shown at all (the gate refuses it).
 */
import type { JsonObject, JsonValue } from '../../core/json.ts';
import { ellipsize } from '../../core/text.ts';

const MAX_PREVIEW_CHARS = 400;
/**
 * Control characters but tab and line feed, what changes the direction of text, spaces that are not the space, and
 * characters that show nothing (fillers, variation selectors, tags, the empty Braille pattern).
 */
const HIDDEN = /(?![\t\n ])[\p{Cc}\p{Cf}\p{Z}\p{Co}\p{Cn}\p{DI}\u2800]/gu;
/** Tools whose `command` a shell runs. */
const SHELL_TOOLS: ReadonlySet<string> = new Set(['bash']);

/** The text with every hidden character spelled out. */
export function visibleText(text: string): string {
  return text.replace(HIDDEN, (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`);
}

/** The input with every hidden character of its texts and keys spelled out. */
export function visibleInput(input: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(input).map(([key, value]) => [
      visibleText(key),
      value === undefined ? undefined : visibleValue(value),
    ]),
  );
}

function visibleValue(value: JsonValue): JsonValue {
  if (typeof value === 'string') return visibleText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map(visibleValue);
  return visibleInput(value);
}

function isList(value: JsonObject | readonly JsonValue[]): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** The whole command of a shell tool, `null` for other tools. */
export function commandOf(tool: string, input: JsonObject): string | null {
  return SHELL_TOOLS.has(tool) && typeof input.command === 'string' ? input.command : null;
}

/** At most 400 characters: the command of a shell tool, of others the input as JSON. */
export function previewOf(tool: string, input: JsonObject): string {
  return ellipsize(commandOf(tool, input) ?? JSON.stringify(input), MAX_PREVIEW_CHARS);
}
