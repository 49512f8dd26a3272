/**
 * What a hook printed, understood: one JSON object with `action`, `reason`, `patch`, possibly amid other output
 * (agent-runtime §11).
 *
 * Invariant: the work is bounded whatever is printed.
 */
import { isRecord, parseJson } from '../core/json.ts';

export type HookAnswer =
  | { readonly kind: 'allow' }
  | { readonly kind: 'block'; readonly reason: string }
  | { readonly kind: 'modify'; readonly patch: Readonly<Record<string, unknown>> };

const ALLOW: HookAnswer = { kind: 'allow' };

/** Undefined when the output holds no answer. No output at all allows, as does an unknown or missing action. */
export function parseHookAnswer(stdout: string): HookAnswer | undefined {
  const text = stdout.trim();
  if (text === '') return ALLOW;
  const whole = parseJson(text);
  if (isRecord(whole)) return toAnswer(whole);
  const found = findAnswer(text);
  return found === undefined ? undefined : toAnswer(found);
}

function toAnswer(object: Readonly<Record<string, unknown>>): HookAnswer | undefined {
  const { action, reason, patch } = object;
  if (action === 'block') return { kind: 'block', reason: typeof reason === 'string' ? reason.trim() : '' };
  if (action !== 'modify') return ALLOW;
  return isRecord(patch) ? { kind: 'modify', patch } : undefined;
}

/** Characters looked at over all candidates: output full of braces must not cost its length squared. */
const MAX_WORK = 16_000_000;
const OBJECT_START = /\{\s*["}]/g;

/** The first object in the text that looks like an answer. */
function findAnswer(text: string): Readonly<Record<string, unknown>> | undefined {
  let work = 0;
  for (const { index } of text.matchAll(OBJECT_START)) {
    const end = endOfObject(text, index);
    work += (end ?? text.length) - index;
    const object = end === undefined ? undefined : parseJson(text.slice(index, end));
    if (isRecord(object) && ['action', 'reason', 'patch'].some((key) => key in object)) return object;
    if (work > MAX_WORK) return undefined;
  }
  return undefined;
}

/** Index after the brace that closes the one at `start`; braces in strings do not count. */
function endOfObject(text: string, start: number): number | undefined {
  let depth = 0;
  let inString = false;
  for (let index = start; index < text.length; index += 1) {
    const character = text[index];
    if (inString) {
      if (character === '\\') index += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{') depth += 1;
    else if (character === '}') {
      depth -= 1;
      if (depth === 0) return index + 1;
    }
  }
  return undefined;
}
