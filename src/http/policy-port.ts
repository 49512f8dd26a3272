/** What the policy route needs of the program. */
import type { JsonObject } from '../core/json.ts';

/** In the order in which they outweigh each other. */
export type PolicyDecision = 'allow' | 'warn' | 'ask' | 'block';

export type PolicyStepName =
  | 'chat_access'
  | 'plan_mode'
  | 'tool_policy'
  | 'grants'
  | 'egress'
  | 'path'
  | 'command'
  | 'high_risk'
  | 'dangerous_pattern'
  | 'taint';

export interface PolicyStep {
  readonly step: PolicyStepName;
  readonly decision: PolicyDecision;
  /** The same words as in the result and the audit entry of a refused call. */
  readonly rule: string;
  readonly reason: string;
  /** The configuration key, command or page that changes it. */
  readonly howToChange: string;
}

export interface PolicyExplanation {
  readonly tool: string;
  readonly sessionKey: string;
  readonly principal: string;
  /** The heaviest decision of the steps. */
  readonly decision: PolicyDecision;
  readonly steps: readonly PolicyStep[];
  /** What the explanation cannot know. */
  readonly notes: readonly string[];
}

export interface PolicyQuestion {
  readonly tool: string;
  /** `main` when absent. */
  readonly sessionKey?: string | undefined;
  readonly principal?: string | undefined;
  /** Absent: only what does not depend on the input is judged. */
  readonly input?: JsonObject | undefined;
  /** As if the turn had read text of strangers. */
  readonly tainted?: boolean | undefined;
}

export interface PolicyPort {
  /**
   * Asks nobody, requests nothing and writes nothing. Rejects with `MC_TOOLS_UNKNOWN_TOOL`, `MC_TOOLS_INVALID_INPUT`
   * and `MC_SESSION_NOT_FOUND`.
   */
  explain(question: PolicyQuestion): Promise<PolicyExplanation>;
}
