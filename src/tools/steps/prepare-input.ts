/**
 * Model or hook input → validated input with its chat and time limit, or a refusal. The order is fixed: reserved keys
 * go first, then context is filled in, then types are checked, then the target chat is authorized.
 */
import type { JsonObject } from '../../core/json.ts';
import { effectiveTimeoutSecs, isUsableTimeout, type ToolLimits } from '../limits.ts';
import type { Refusal } from '../ports.ts';
import type { Tool } from '../tool.ts';
import type { ToolCallScope } from '../tool-call.ts';
import { authorizeChat, injectChatId } from './authorize-chat.ts';
import { stripReservedKeys } from './strip-reserved-keys.ts';
import { validateInput } from './validate-input.ts';

interface PreparedInput {
  readonly kind: 'prepared';
  readonly input: JsonObject;
  readonly timeoutSecs: number;
}

/** Every step: what the executor runs. */
export function prepareInput(
  tool: Tool,
  rawInput: JsonObject,
  scope: ToolCallScope,
  limits: ToolLimits,
): PreparedInput | Refusal {
  const read = readInput(tool, rawInput, scope, limits);
  if (read.kind === 'refused') return read;
  const access = authorizeChat(tool, read.input, scope);
  return access.kind === 'refused' ? access : read;
}

/** Every step but the last: the target chat is not authorized yet. */
export function readInput(
  tool: Tool,
  rawInput: JsonObject,
  scope: ToolCallScope,
  limits: ToolLimits,
): PreparedInput | Refusal {
  const own = stripReservedKeys(rawInput);
  const timeoutSecs = effectiveTimeoutSecs(tool, own.timeout_secs, limits);
  const timed = tool.acceptsTimeout === true ? withTimeout(own, timeoutSecs) : own;
  const valid = validateInput(tool, injectChatId(tool, timed, scope));
  if (valid.kind === 'refused') return valid;
  return { kind: 'prepared', input: valid.input, timeoutSecs };
}

/** A `timeout_secs` of another form is ignored, not an error; a usable one is shown as it applies. */
function withTimeout(input: JsonObject, timeoutSecs: number): JsonObject {
  if (input.timeout_secs === undefined) return input;
  const { timeout_secs: requested, ...rest } = input;
  return isUsableTimeout(requested) ? { ...rest, timeout_secs: timeoutSecs } : rest;
}
