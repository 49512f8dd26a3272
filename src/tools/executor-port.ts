/** What the agent loop needs of tool execution. Implemented by the executor pipeline in `executor.ts`. */
import type { Actor } from '../core/actor.ts';
import type { ChatRef } from '../core/chat.ts';
import type { JsonObject } from '../core/json.ts';
import type { ToolDefinition } from '../llm/model-port.ts';
import type { InspectedCall } from './inspect-call.ts';
import type { TimeoutSource } from './limits.ts';
import type { ToolOffer } from './registry.ts';
import type { ConcurrencyClass, ToolRisk } from './tool.ts';
import type { WaitingRoom } from './waiting-room.ts';

/** One call as the model made it. */
export interface ToolCall {
  readonly toolUseId: string;
  readonly name: string;
  readonly input: JsonObject;
  /** Reason why the input cannot be used (cut off, not JSON); the call is answered with it and not run. */
  readonly invalidInput?: string;
}

/** Facts that hold for every call of a turn. */
export interface ToolCallScope {
  readonly runId: string;
  readonly chat: ChatRef;
  readonly actor: Actor;
  readonly principal: string;
  readonly isControlChat: boolean;
  /** 1-based number of the model request that made the calls. */
  readonly iteration?: number;
  readonly signal: AbortSignal;
}

/** A call that passed every check and is about to run. */
export interface StartedCall {
  readonly toolUseId: string;
  readonly name: string;
  /** Input after parsing and hooks. */
  readonly input: JsonObject;
  readonly summary: string;
  readonly risk: ToolRisk;
  readonly concurrency: ConcurrencyClass;
  readonly timeoutSecs: number;
}

/** The answer to one call, whether it ran or was refused. */
export interface ToolCallResult {
  readonly toolUseId: string;
  readonly name: string;
  /** For the model: redacted, and shortened when it was spilled to an artifact. */
  readonly content: string;
  readonly isError: boolean;
  readonly statusCode: number;
  /** UTF-8 bytes of the complete content. */
  readonly bytes: number;
  readonly durationMs: number;
  readonly errorType?: string;
  /** Of a refused call: the rule, as its explanation names it; `metadata.policy_rule` holds the same. */
  readonly rule?: string;
  readonly artifactId?: string;
  readonly metadata?: JsonObject;
  /** Where content of strangers in the result came from; absent when there is none. */
  readonly untrustedSource?: string;
  /** False when a check refused the call before the tool began. */
  readonly ran: boolean;
}

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
