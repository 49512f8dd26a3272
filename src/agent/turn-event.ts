/**
 * What happens during a turn, in order. Every surface (SSE, WebSocket, channels, logs, metrics) maps from this union
 * and from nothing else.
 */
import type { JsonObject } from '../core/json.ts';
import type { TokenUsage } from '../llm/model-port.ts';
import type { ApprovalQuestion, ApprovalResolution } from '../tools/waiting-room.ts';

export type TurnEventBody =
  /** The turn left the queue. */
  | { readonly kind: 'started' }
  | { readonly kind: 'iteration'; readonly iteration: number }
  | { readonly kind: 'delta'; readonly text: string }
  | { readonly kind: 'thinking'; readonly text: string }
  | {
      readonly kind: 'tool_start';
      readonly toolUseId: string;
      readonly name: string;
      readonly input: JsonObject;
      readonly summary: string;
    }
  | { readonly kind: 'tool_progress'; readonly toolUseId: string; readonly chunk: string }
  | {
      readonly kind: 'tool_result';
      readonly toolUseId: string;
      readonly name: string;
      readonly isError: boolean;
      /** First 160 characters. */
      readonly preview: string;
      /** What the model got. */
      readonly output: string;
      readonly durationMs: number;
      readonly statusCode: number;
      readonly bytes: number;
      readonly errorType: string | null;
      readonly artifactId: string | null;
    }
  | {
      readonly kind: 'file_diff';
      readonly path: string;
      readonly diff: string;
      readonly added: number;
      readonly removed: number;
      readonly truncated: boolean;
    }
  /** A call waits for a person; its `tool_start` came before. */
  | (ApprovalQuestion & { readonly kind: 'approval_required' })
  /** It does not wait any more. */
  | (ApprovalResolution & { readonly kind: 'approval_resolved' })
  /** Something an observer should tell the user, e.g. `llm_retry`, `llm_fallback`, `compacted`. */
  | { readonly kind: 'notice'; readonly code: string; readonly message: string }
  | { readonly kind: 'mid_turn_injection'; readonly count: number }
  | {
      readonly kind: 'usage';
      readonly usage: TokenUsage;
      readonly provider: string;
      readonly model: string;
      readonly costMicroUsd: number | null;
      readonly durationMs: number;
      readonly firstDeltaMs: number | null;
      /** Share of the context window the request used, 0–100. */
      readonly contextPct: number;
    }
  | TerminalEventBody;

export type TerminalEventBody =
  | {
      readonly kind: 'done';
      readonly response: string;
      /** The running turn that took this message in; its answer is there. */
      readonly foldedInto?: string;
    }
  | { readonly kind: 'error'; readonly message: string; readonly code: string; readonly hint: string | null }
  /** `text` is what had been answered before the stop, if anything. */
  | { readonly kind: 'aborted'; readonly text: string | null };

/** An event of a run. `seq` starts at 1 and has no gaps within one process. */
export type TurnEvent = TurnEventBody & {
  readonly runId: string;
  readonly seq: number;
  readonly atMs: number;
};

export type TerminalEvent = TerminalEventBody & {
  readonly runId: string;
  readonly seq: number;
  readonly atMs: number;
};

export function isTerminal(event: TurnEvent): event is TerminalEvent {
  return event.kind === 'done' || event.kind === 'error' || event.kind === 'aborted';
}
