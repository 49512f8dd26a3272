/**
 * Tool calls that a model wrote as text because its server did not turn them into structured calls:
 * `[tool_use: name({"key": "value"})]`, sometimes wrapped in `<minimax:tool_call>`, `<invoke>` or `<parameter>` tags.
 */
import { isRecord, parseJson } from '../../core/json.ts';
import type { ToolUseBlock } from '../message.ts';
import { cleanToolName, toToolUseBlock } from './tool-call-input.ts';

const WRAPPER_TAGS = /<\/?(?:minimax:tool_call|invoke|parameter)(?:\s[^<>]*)?>/g;
const CALL_START = /^\[tool_use:\s*([A-Za-z0-9_.:-]{1,128})\s*\(/;
/** Texts that begin like one of the forms above. */
const MARKERS = ['[tool_use:', '<minimax:tool_call', '<invoke', '<parameter'] as const;

/** True while `text` could still turn out to consist of raw calls only; such text is not shown yet. */
export function mayBecomeRawCalls(text: string): boolean {
  const start = text.trimStart();
  return MARKERS.some((marker) => marker.startsWith(start) || start.startsWith(marker));
}

/**
 * The calls when the text consists of nothing else, otherwise `undefined`. Ids are `raw_tool_call_1`, … unless `claim`
 * replaces them.
 */
export function parseRawToolCalls(
  text: string,
  claim: (id: string) => string,
): readonly ToolUseBlock[] | undefined {
  if (!mayBecomeRawCalls(text)) return undefined;
  let rest = text.replace(WRAPPER_TAGS, ' ').trim();
  const found: { name: string; rawInput: unknown }[] = [];
  while (rest !== '') {
    const start = CALL_START.exec(rest);
    if (start === null) return undefined;
    const inputAt = start[0].length;
    const end = jsonObjectEnd(rest, inputAt);
    const input = end === undefined ? undefined : parseJson(rest.slice(inputAt, end));
    const tail = end === undefined ? null : /^\s*\)\s*\]/.exec(rest.slice(end));
    if (end === undefined || tail === null || !isRecord(input)) return undefined;
    found.push({ name: cleanToolName(start[1] ?? ''), rawInput: input });
    rest = rest.slice(end + tail[0].length).trim();
  }
  if (found.length === 0) return undefined;
  return found.map((call, index) =>
    toToolUseBlock({ ...call, id: claim(`raw_tool_call_${index + 1}`), cut: false }),
  );
}

/** Index after the JSON object that begins at `start` (after blanks), braces inside strings not counted. */
function jsonObjectEnd(text: string, start: number): number | undefined {
  let depth = 0;
  let inString = false;
  for (let index = start; index < text.length; index += 1) {
    const character = text[index];
    if (inString) {
      if (character === '\\') index += 1;
      else if (character === '"') inString = false;
      continue;
    }
    if (character === '"') inString = true;
    else if (character === '{') depth += 1;
    else if (character === '}') depth -= 1;
    if (depth === 0 && character === '}') return index + 1;
    if (depth === 0 && character !== undefined && !/\s/.test(character)) return undefined;
  }
  return undefined;
}
