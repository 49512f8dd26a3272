/** The one door into the agent. Every surface turns what it received into a `TurnRequest` and follows the run. */
import type { Actor } from '../core/actor.ts';
import type { ChatRef } from '../core/chat.ts';
import type { TerminalEvent, TurnEvent } from './turn-event.ts';

export interface TurnRequest {
  readonly chat: ChatRef;
  readonly sessionKey: string;
  readonly actor: Actor;
  readonly senderName: string;
  readonly text: string;
  /** The platform's message id; a repeated one is answered with the run of the first. */
  readonly platformMessageId?: string;
  /**
   * False when the sender may neither approve a waiting call or a plan nor erase the conversation: a key without
   * `operator.approvals`.
   */
  readonly mayApprove?: boolean;
  /** `main` for people, `scheduler`, `subagent:<id>`, … */
  readonly principal?: string;
}

export interface AcceptedTurn {
  readonly runId: string;
  readonly chatId: number;
  readonly sessionKey: string;
  /** True when `platformMessageId` had been accepted before. */
  readonly duplicate: boolean;
}

export type RunState = 'queued' | 'running' | 'done' | 'error' | 'aborted';

export interface RunView {
  readonly runId: string;
  readonly chatId: number;
  readonly sessionKey: string;
  readonly actorId: string;
  readonly state: RunState;
  /** 0 before the first event. */
  readonly lastEventSeq: number;
  /** The open question of a call of this run, if one waits for a person. */
  readonly waitingApproval: string | null;
}

/** Where a run has come to: its end, or a call that waits for a person. */
export type TurnPauseOutcome =
  | { readonly kind: 'ended'; readonly end: TerminalEvent }
  | { readonly kind: 'waiting'; readonly approvalId: string };

export interface RunSubscription {
  /** Oldest event still held, or `null` when there is none. */
  readonly oldestSeq: number | null;
  /** True when events after the requested one are no longer held. */
  readonly truncated: boolean;
  /**
   * Events after the requested sequence, then live ones; ends after the terminal event, or without one when the process
   * stops first (the run continues after the restart). A slow reader loses nothing that is still held: it reads from
   * the run's buffer, not from a queue of its own.
   */
  readonly events: AsyncIterable<TurnEvent>;
}

export interface TurnService {
  /**
   * Persists the request and returns; the turn runs later, in the order of its chat. Rejects when it could not be
   * stored (`MC_STORAGE_*`), when its chat was deleted since it was looked up (`MC_SESSION_NOT_FOUND`), when the chat's
   * queue is full (`MC_AGENT_QUEUE_FULL`, kind `transient`), when it would approve and its sender may not
   * (`MC_APPROVAL_SCOPE_MISSING`, `MC_APPROVAL_PLAN_SCOPE_MISSING`) or while the service stops (`MC_AGENT_STOPPING`).
   */
  submit(request: TurnRequest): Promise<AcceptedTurn>;
  /** The run, live or finished, also one of an earlier process; `undefined` when unknown. */
  find(runId: string): Promise<RunView | undefined>;
  /** Follows a run after event `afterSeq`; `undefined` when unknown. */
  subscribe(runId: string, afterSeq: number): Promise<RunSubscription | undefined>;
  /**
   * Resolves with the terminal event; rejects with the signal's reason when aborted (the run goes on), with
   * `MC_AGENT_STOPPING` when the process stops first (the run continues after the restart).
   */
  waitForEnd(runId: string, signal?: AbortSignal): Promise<TerminalEvent>;
  /** Like `waitForEnd`, but also resolves when a call of the run waits for a person. */
  waitForPause(runId: string, signal?: AbortSignal): Promise<TurnPauseOutcome>;
  /** Asks a run to stop; true when it was queued or running. */
  abortRun(runId: string): Promise<boolean>;
  /** Stops every run of a chat, queued ones included; returns how many. */
  abortChat(chatId: number): Promise<number>;
  /** Chats with a running turn. */
  activeChatIds(): readonly number[];
}
