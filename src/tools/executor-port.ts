/** What the agent loop needs of tool execution. Implemented by the executor pipeline in `executor.ts`. */
import type { JsonObject } from '../core/json.ts';
import type { ToolDefinition } from '../llm/model-port.ts';
import type { InspectedCall } from './inspect-call.ts';
import type { TimeoutSource } from './limits.ts';
import type { ToolOffer } from './registry.ts';
import type { ConcurrencyClass, ToolRisk } from './tool.ts';
import type { StartedCall, ToolCall, ToolCallResult, ToolCallScope } from './tool-call.ts';
import type { WaitingRoom } from './waiting-room.ts';

/**
 * Sees a batch from inside. Both lifecycle callbacks are awaited before the executor goes on: the agent records that a
 * call has begun before it can have an effect, and its result before the next call begins.
 */
export interface ToolObserver {
  started(call: StartedCall): Promise<void>;
  progress(toolUseId: string, chunk: string): void;
  finished(result: ToolCallResult): Promise<void>;
  /** Where calls wait for a person. Absent: nobody can be asked. */
  readonly room?: WaitingRoom;
}

export interface ToolExecutor {
  /** Definitions offered to the model (`all` when absent), sorted by name: the same bytes from turn to turn. */
  definitions(offer?: ToolOffer): readonly ToolDefinition[];
  /**
   * Runs the calls of one assistant message in waves that keep the model's order (DESIGN §7.14) and returns the
   * results in call order. Never rejects for a tool's failure; rejects with the signal's reason when aborted, after
   * every started call has ended.
   */
  execute(
    calls: readonly ToolCall[],
    scope: ToolCallScope,
    observer: ToolObserver,
  ): Promise<readonly ToolCallResult[]>;
  /**
   * The call as the checks would see it, not run; without `input` as far as it is known. Raises `MC_TOOLS_UNKNOWN_TOOL`
   * and `MC_TOOLS_INVALID_INPUT`.
   */
  inspect(name: string, input: JsonObject | undefined, scope: ToolCallScope): InspectedCall;
  /** The input without known secrets, as it is shown and stored. */
  redactInput(input: JsonObject): JsonObject;
  /** Facts about a tool, or `undefined` for an unknown name. */
  describe(name: string): ToolFacts | undefined;
  /** Facts about every registered tool, sorted by name. */
  catalog(): readonly ToolFacts[];
}

export interface ToolFacts {
  readonly name: string;
  readonly description: string;
  readonly risk: ToolRisk;
  readonly concurrency: ConcurrencyClass;
  readonly idempotent: boolean;
  /** After configuration (DESIGN §7.3). */
  readonly timeoutSecs: number;
  /** The setting the limit comes from: `tool_timeout_overrides`, `default_tool_timeout_secs` or the tool itself. */
  readonly timeoutSource: TimeoutSource;
}
