/**
 * `BeforeToolCall` and `AfterToolCall`: translates between the executor's port and the hook runner.
 *
 * Invariant: only the fields a hook may patch are read back; a blocked result loses its metadata, which may hold what
 * the hook wanted to keep back.
 */
import type { JsonObject, JsonValue } from '../../core/json.ts';
import { isRecord } from '../../core/json.ts';
import type { HookRunner, HookVerdict } from '../../hooks/hook-runner.ts';
import { type CheckedCall, refuse, type ToolHooksPort } from '../../tools/ports.ts';
import type { ToolOutcome } from '../../tools/tool.ts';

const ERROR_TYPE = 'hook_blocked';

/** The executor's hook port. */
export function createToolHooks(runner: HookRunner): ToolHooksPort {
  return {
    async before(call) {
      const verdict = await runner.run({
        ...common(call),
        event: 'BeforeToolCall',
        payload: () => callFields(call),
      });
      switch (verdict.kind) {
        case 'unchanged':
          return { kind: 'proceed', input: call.input };
        case 'blocked':
          return refuse(ERROR_TYPE, reasonOf(verdict));
        case 'changed':
          return { kind: 'proceed', input: objectOf(verdict.payload.tool_input) ?? call.input };
        default:
          return verdict satisfies never;
      }
    },
    async after(call, outcome, measured) {
      const result = { ...resultFields(outcome), bytes: measured.bytes, duration_ms: measured.durationMs };
      const verdict = await runner.run({
        ...common(call),
        event: 'AfterToolCall',
        payload: () => ({ ...callFields(call), result }),
      });
      switch (verdict.kind) {
        case 'unchanged':
          return outcome;
        case 'blocked':
          return {
            content: reasonOf(verdict),
            isError: true,
            statusCode: 1,
            errorType: outcome.errorType ?? ERROR_TYPE,
          };
        case 'changed':
          return withResult(outcome, objectOf(verdict.payload.result) ?? {});
        default:
          return verdict satisfies never;
      }
    },
  };
}

function reasonOf(verdict: Extract<HookVerdict, { kind: 'blocked' }>): string {
  return verdict.reason ?? `blocked by hook ${verdict.hook}`;
}

function common(call: CheckedCall) {
  return { chat: call.scope.chat, toolName: call.name, signal: call.scope.signal };
}

function callFields(call: CheckedCall): JsonObject {
  return { iteration: call.scope.iteration ?? 0, tool_name: call.name, tool_input: call.input };
}

function resultFields(outcome: ToolOutcome): JsonObject {
  const isError = outcome.isError === true;
  return {
    content: outcome.content,
    is_error: isError,
    status_code: outcome.statusCode ?? (isError ? 1 : 0),
    error_type: outcome.errorType ?? (isError ? 'tool_error' : null),
  };
}

function withResult(outcome: ToolOutcome, result: JsonObject): ToolOutcome {
  const { errorType: before, ...rest } = outcome;
  const isError = typeof result.is_error === 'boolean' ? result.is_error : outcome.isError === true;
  const named = typeof result.error_type === 'string' ? result.error_type : undefined;
  // A result that a hook declared a success keeps no error type of the failure it was.
  const errorType = isError || named !== before ? named : undefined;
  return {
    ...rest,
    content: typeof result.content === 'string' ? result.content : outcome.content,
    isError,
    statusCode: statusOf(result.status_code, outcome, isError),
    ...(errorType === undefined ? {} : { errorType }),
  };
}

/** A status that no hook touched follows a changed `is_error`. */
function statusOf(patched: JsonValue | undefined, outcome: ToolOutcome, isError: boolean): number {
  const wasError = outcome.isError === true;
  const before = outcome.statusCode ?? (wasError ? 1 : 0);
  if (typeof patched === 'number' && patched !== before) return patched;
  if (isError === wasError) return before;
  return isError ? 1 : 0;
}

function objectOf(value: JsonValue | undefined): JsonObject | undefined {
  return isJsonObject(value) ? value : undefined;
}

function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return isRecord(value);
}
