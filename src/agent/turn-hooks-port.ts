/**
 * Where hooks act on a turn outside its tools: before every model request, and after the turn has ended.
 *
 * Invariants: neither function rejects; with no hook installed both cost one look at the disk at most.
 */
import type { ChatRef } from '../core/chat.ts';
import type { SystemPrompt } from './prompt/prompt-builder.ts';

/** A model request that is about to be made. */
export interface UpcomingModelCall {
  readonly chat: ChatRef;
  /** 1-based. */
  readonly iteration: number;
  /** As earlier requests of the turn left it. */
  readonly system: SystemPrompt;
  readonly messageCount: number;
  readonly toolCount: number;
  readonly signal: AbortSignal;
}

/** `system` is the same object when no hook changed it; it holds for the rest of the turn. */
export type ModelCallDecision =
  | { readonly kind: 'proceed'; readonly system: SystemPrompt }
  | { readonly kind: 'blocked'; readonly reason: string };

/** A turn that ended with an answer. */
export interface FinishedTurn {
  readonly chat: ChatRef;
  readonly iterations: number;
  /** Names in order of first use. */
  readonly toolsUsed: readonly string[];
  readonly response: string;
}

export interface TurnHooksPort {
  /** A block ends the turn; its reason is the answer. */
  beforeModelCall(call: UpcomingModelCall): Promise<ModelCallDecision>;
  /** Returns at once; what the hooks say does not matter. */
  afterTurn(turn: FinishedTurn): void;
}

/** No hooks: every call proceeds as it is. */
export const passThroughTurnHooks: TurnHooksPort = {
  beforeModelCall: async ({ system }) => ({ kind: 'proceed', system }),
  afterTurn: () => {},
};
