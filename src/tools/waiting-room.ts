/**
 * The turn behind a call, as a step that waits for a person sees it. The agent implements it; the executor hands it
 * from the observer of a batch to the approval port.
 */
import type { JsonObject } from '../core/json.ts';

/** Why a person has to see a call before it runs. */
export interface ApprovalReason {
  readonly code: 'high_risk' | 'dangerous_pattern' | 'tainted_turn';
  readonly text: string;
}

/** What a person decides on. Everything in it is redacted. */
export interface ApprovalQuestion {
  readonly approvalId: string;
  readonly toolUseId: string;
  readonly tool: string;
  readonly summary: string;
  /** At most 400 characters of the command or the input. */
  readonly preview: string;
  /** Labels of the answers: once, always, deny. */
  readonly options: readonly [string, string, string];
  /** A remark of a second model, if one was asked. */
  readonly advisory: string | null;
  readonly input: JsonObject;
  /** The whole command of a shell tool, with invisible characters made visible. */
  readonly command: string | null;
  readonly cwd: string | null;
  readonly reasons: readonly ApprovalReason[];
  /** UTC RFC 3339. */
  readonly expiresAt: string;
}

/** How a question ended. */
export interface ApprovalResolution {
  readonly approvalId: string;
  readonly toolUseId: string;
  readonly tool: string;
  readonly decision: 'once' | 'always' | 'deny' | 'expired' | 'cancelled';
  /** Who answered; `null` when nobody did. */
  readonly answeredBy: string | null;
}

export interface WaitingRoom {
  /** Tells the observers of the turn that a call waits. */
  asked(question: ApprovalQuestion): void;
  /** Tells them of the same question again, and why. */
  askedAgain(question: ApprovalQuestion, why: string): void;
  /** Tells them that it does not wait any more. */
  resolved(resolution: ApprovalResolution): void;
  /**
   * Waits while the turn's time stands still and its place is free for others; settles as `wait` does, once the turn
   * has a place again. Rejects with the signal's reason when the turn is stopped first.
   */
  during<Answer>(wait: () => Promise<Answer>): Promise<Answer>;
}
