/** A tool call on its way through the executor: as the model made it, about to run, and answered. */
import type { Actor } from '../core/actor.ts';
import type { ChatRef } from '../core/chat.ts';
import type { JsonObject } from '../core/json.ts';
import type { ConcurrencyClass, ToolRisk } from './tool.ts';

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
