/** Builds the answer to one call from what the tool returned, or from why it did not run. */
import { errorMessage, MicroclawError } from '../core/errors.ts';
import type { Refusal } from './ports.ts';
import type { DeadlineEnd, StopCause } from './steps/run-with-deadline.ts';
import type { ToolOutcome } from './tool.ts';
import type { ToolCallResult } from './tool-call.ts';

interface CallIdentity {
  readonly toolUseId: string;
  readonly name: string;
}

export function refusedResult(call: CallIdentity, refusal: Refusal, durationMs: number): ToolCallResult {
  return {
    ...call,
    content: refusal.message,
    isError: true,
    statusCode: refusal.statusCode ?? 1,
    bytes: Buffer.byteLength(refusal.message),
    durationMs,
    errorType: refusal.errorType,
    ...ruleFields(refusal),
    ran: false,
  };
}

/** The rule stands in the metadata too, where clients find it. */
function ruleFields({ rule, metadata }: Pick<Refusal, 'rule' | 'metadata'>) {
  if (rule === undefined) return metadata === undefined ? {} : { metadata };
  return { rule, metadata: { ...metadata, policy_rule: rule } };
}

/** `bytes` is the size of the complete content, before it was spilled. */
export function ranResult(
  call: CallIdentity,
  outcome: ToolOutcome,
  facts: {
    readonly bytes: number;
    readonly durationMs: number;
    readonly artifactId: string | undefined;
    readonly untrustedSource: string | undefined;
  },
): ToolCallResult {
  const isError = outcome.isError === true;
  const errorType = outcome.errorType ?? (isError ? 'tool_error' : undefined);
  return {
    ...call,
    content: outcome.content,
    isError,
    statusCode: outcome.statusCode ?? (isError ? 1 : 0),
    bytes: facts.bytes,
    durationMs: facts.durationMs,
    ...(errorType === undefined ? {} : { errorType }),
    ...(facts.artifactId === undefined ? {} : { artifactId: facts.artifactId }),
    // A hook may have declared a refusal a success.
    ...ruleFields(isError ? outcome : { ...(outcome.metadata && { metadata: outcome.metadata }) }),
    ...(facts.untrustedSource === undefined ? {} : { untrustedSource: facts.untrustedSource }),
    ran: true,
  };
}

/** What a run's end means for the model. */
export function outcomeOf(end: DeadlineEnd, toolName: string, timeoutSecs: number): ToolOutcome {
  switch (end.kind) {
    case 'returned':
      return end.outcome;
    case 'threw':
      return end.stopped === undefined
        ? thrownOutcome(end.error)
        : stoppedOutcome(end.stopped, toolName, timeoutSecs);
    case 'abandoned':
      return stoppedOutcome(end.stopped, toolName, timeoutSecs);
    default:
      return end satisfies never;
  }
}

function thrownOutcome(error: unknown): ToolOutcome {
  const hint = error instanceof MicroclawError && error.hint !== undefined ? ` (${error.hint})` : '';
  return { content: `Tool failed: ${errorMessage(error)}${hint}`, isError: true, errorType: 'tool_error' };
}

function stoppedOutcome(cause: StopCause, toolName: string, timeoutSecs: number): ToolOutcome {
  if (cause === 'abort') {
    return { content: `Tool '${toolName}' was stopped.`, isError: true, errorType: 'aborted' };
  }
  const content = `Tool '${toolName}' timed out after ${timeoutSecs} seconds`;
  return { content, isError: true, errorType: 'timeout' };
}
