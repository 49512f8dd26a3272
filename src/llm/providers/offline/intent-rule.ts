/** The shape of a rule of the interpreter and the small readers that rules share. */
import type { JsonObject } from '../../../core/json.ts';
import type { Intent } from './intent.ts';

/** A rule reads a whole request; `undefined` passes it on to the next rule. */
export type IntentRule = (request: string) => RuleMatch | undefined;

/** `needs` names the tool without which the rule's intent is `unavailable`. */
export interface RuleMatch {
  readonly intent: Intent;
  readonly needs?: { readonly tool: string; readonly what: string; readonly advice?: string };
}

/** A match that is a single call. `what` completes "I cannot …" when the tool is missing. */
export function callMatch(tool: string, input: JsonObject, what: string, advice?: string): RuleMatch {
  return {
    intent: { kind: 'calls', calls: [{ tool, input }] },
    needs: advice === undefined ? { tool, what } : { tool, what, advice },
  };
}

const QUOTES: readonly (readonly [string, string])[] = [
  ['`', '`'],
  ['"', '"'],
  ["'", "'"],
  ['“', '”'],
  ['‘', '’'],
];

/** The text without one pair of quotes or a code fence around it. */
export function unquote(text: string): string {
  const trimmed = text.trim();
  const fence = /^```[\w-]*\n([\s\S]*?)\n?```$/.exec(trimmed);
  if (fence !== null) return fence[1] ?? '';
  const pair = QUOTES.find(
    ([open, close]) => trimmed.length >= 2 && trimmed.startsWith(open) && trimmed.endsWith(close),
  );
  return pair === undefined ? trimmed : trimmed.slice(1, -1);
}

/** Whether a text that was not marked as a path reads like one: `notes.txt`, `src/main.ts`, `Makefile`, `~/x`. */
export function looksLikePath(text: string): boolean {
  const path = unquote(text);
  if (/\s/.test(path) || path === '') return false;
  return (
    /[./]/.test(path) || /^(?:Makefile|Dockerfile|README|LICENSE|CHANGELOG)$/i.test(path) || text !== path
  );
}
