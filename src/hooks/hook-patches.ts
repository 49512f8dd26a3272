/**
 * What a hook may change, per event (agent-runtime §11). Anything else in a patch is ignored.
 *
 * Invariant: a patch is applied as a whole or not at all; a value of the wrong type makes the answer unusable.
 */
import type { JsonObject, JsonValue } from '../core/json.ts';
import { isRecord } from '../core/json.ts';
import type { HookEvent } from './hook-definition.ts';

export type PatchOutcome =
  | { readonly kind: 'patched'; readonly payload: JsonObject; readonly keys: readonly string[] }
  | { readonly kind: 'unusable'; readonly reason: string };

type Patch = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isObject: Check = (value) => isRecord(value);
const isFlag: Check = (value) => typeof value === 'boolean';
const isWholeNumber: Check = (value) => Number.isSafeInteger(value);
const isTextOrNull: Check = (value) => value === null || typeof value === 'string';

interface Rules {
  /** Field of the payload whose fields are patched; absent means the payload itself. */
  readonly within?: string;
  readonly keys: Readonly<Record<string, Check>>;
}

const RULES: Readonly<Record<HookEvent, Rules>> = {
  BeforeLLMCall: { keys: { system_prompt: isText } },
  BeforeToolCall: { keys: { tool_input: isObject } },
  AfterToolCall: {
    within: 'result',
    keys: { content: isText, is_error: isFlag, error_type: isTextOrNull, status_code: isWholeNumber },
  },
  AfterTurn: { keys: {} },
};

/** The payload with the patch in it, as the next hook and then the program see it. */
export function applyPatch(event: HookEvent, payload: JsonObject, patch: Patch): PatchOutcome {
  const { within, keys } = RULES[event];
  const wrong = Object.keys(keys).find((key) => key in patch && keys[key]?.(patch[key]) !== true);
  if (wrong !== undefined) return { kind: 'unusable', reason: `patch.${wrong} has the wrong type` };
  const honoured = Object.keys(keys).filter((key) => key in patch);
  // The values come from JSON text, so they are JSON values.
  const changes = Object.fromEntries(honoured.map((key) => [key, patch[key] as JsonValue]));
  if (within === undefined) return { kind: 'patched', payload: { ...payload, ...changes }, keys: honoured };
  const inner = payload[within];
  const patched = { ...(isJsonObject(inner) ? inner : {}), ...changes };
  return { kind: 'patched', payload: { ...payload, [within]: patched }, keys: honoured };
}

function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return isRecord(value);
}
