/** A call with a known tool and valid input, as policies, hooks and people see it. */
import type { JsonObject } from '../../core/json.ts';
import { ellipsize } from '../../core/text.ts';
import type { ExecutorParts } from '../executor-options.ts';
import { concurrencyOf } from '../limits.ts';
import type { CheckedCall } from '../ports.ts';
import type { Tool } from '../tool.ts';
import type { ToolCallScope } from '../tool-call.ts';

/** `input` has passed the tool's schema. */
export function toCheckedCall(
  parts: Pick<ExecutorParts, 'redactor' | 'limits'>,
  { tool, toolUseId }: { readonly tool: Tool; readonly toolUseId: string },
  input: JsonObject,
  scope: ToolCallScope,
): CheckedCall {
  return {
    ...callWithoutInput(parts, { tool, toolUseId }, scope),
    input,
    summary: toOneLine(parts.redactor.redact(tool.summarize(input))),
    ...(tool.destination === undefined ? {} : { destination: tool.destination(input) }),
  };
}

/** The call as far as it is known before anybody has written its input. */
export function callWithoutInput(
  parts: Pick<ExecutorParts, 'limits'>,
  { tool, toolUseId }: { readonly tool: Tool; readonly toolUseId: string },
  scope: ToolCallScope,
): CheckedCall {
  return {
    toolUseId,
    name: tool.name,
    input: {},
    summary: '',
    risk: tool.risk,
    concurrency: concurrencyOf(tool, parts.limits),
    readOnly: tool.concurrency === 'read_only',
    scope,
  };
}

const MAX_SUMMARY_CHARS = 200;

/** At most 200 characters, without line ends. */
export function toOneLine(summary: string): string {
  return ellipsize(summary.replace(/\s+/g, ' ').trim(), MAX_SUMMARY_CHARS);
}
