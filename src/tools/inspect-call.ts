/** A call as the executor would see it, without running it: for explanations. */
import { suggestion } from '../config/suggest.ts';
import type { JsonObject } from '../core/json.ts';
import { toolErrors } from './errors.ts';
import type { ExecutorParts } from './executor-options.ts';
import type { CheckedCall, Proceed, Refusal } from './ports.ts';
import { authorizeChat, foreignChat } from './steps/authorize-chat.ts';
import { callWithoutInput, toCheckedCall } from './steps/checked-call.ts';
import { readInput } from './steps/prepare-input.ts';
import type { Tool, ToolBoundary, ToolPlace } from './tool.ts';
import type { ToolCallScope } from './tool-call.ts';

export interface InspectedCall {
  readonly call: CheckedCall;
  /** Whether the caller may name the chat it names; absent when it names none but its own. */
  readonly chatAccess?: Proceed | Refusal;
  /** The tool's own boundary checks; none without input. Makes no request and creates nothing. */
  boundaries(place: ToolPlace): Promise<readonly ToolBoundary[]>;
}

const TOOL_USE_ID = 'explained';

/** Raises `MC_TOOLS_UNKNOWN_TOOL` and `MC_TOOLS_INVALID_INPUT`; `undefined` input is left out of the judgement. */
export function inspectCall(
  parts: Pick<ExecutorParts, 'registry' | 'redactor' | 'limits'>,
  name: string,
  input: JsonObject | undefined,
  scope: ToolCallScope,
): InspectedCall {
  const tool = requireTool(parts, name);
  const named = { tool, toolUseId: TOOL_USE_ID };
  if (input === undefined) {
    return { call: callWithoutInput(parts, named, scope), boundaries: async () => [] };
  }
  const read = readInput(tool, input, scope, parts.limits);
  if (read.kind === 'refused') {
    throw toolErrors.create('INVALID_INPUT', parts.redactor.redact(`input: ${read.message}`));
  }
  const isForeign = foreignChat(tool, read.input, scope) !== undefined;
  return {
    call: toCheckedCall(parts, named, read.input, scope),
    ...(isForeign ? { chatAccess: authorizeChat(tool, read.input, scope) } : {}),
    boundaries: async (place) => (await tool.boundaries?.(read.input, place)) ?? [],
  };
}

function requireTool(
  { registry, redactor }: Pick<ExecutorParts, 'registry' | 'redactor'>,
  name: string,
): Tool {
  const tool = registry.find(name);
  if (tool !== undefined) return tool;
  const known = registry.tools.map((each) => each.name);
  throw toolErrors.create('UNKNOWN_TOOL', redactor.redact(`unknown tool: ${name}${suggestion(name, known)}`));
}
