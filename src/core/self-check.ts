/**
 * The port by which every part of the program says what about its settings or its state an operator should change.
 *
 * Invariants: codes and severities are a contract with clients, texts are not; a check answers from what is known or
 * can be learned at once, changes nothing, and names no secret.
 */

export type WarningSeverity = 'medium' | 'high';

export interface SelfCheckWarning {
  /** Stable, `lower_snake_case`. */
  readonly code: string;
  readonly severity: WarningSeverity;
  /** What is the case, in one sentence. */
  readonly message: string;
  /** What to do about it, naming the key or the command. */
  readonly hint: string;
}

/** What one part of the program contributes. */
export interface SelfCheck {
  /** Named when the check itself fails. */
  readonly name: string;
  /** Its warnings at this moment; empty when all is well. */
  run(): Promise<readonly SelfCheckWarning[]> | readonly SelfCheckWarning[];
}
