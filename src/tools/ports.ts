/**
 * The executor steps that policies, hooks, approvals and audit plug into, with the implementation that lets every
 * call pass. The executor decides their order; a port only answers.
 *
 * Invariants: a refusal is a value. A policy, egress or approval port that throws refuses the call (fail closed); a
 * hook or audit port that throws is logged and the call goes on (degrade).
 */
import type { JsonObject } from '../core/json.ts';
import type { ConcurrencyClass, ToolOutcome, ToolRisk } from './tool.ts';
import type { ToolCallResult, ToolCallScope } from './tool-call.ts';
import type { WaitingRoom } from './waiting-room.ts';

/** A call that was refused before it ran. `errorType` is one of the values of the tool result contract. */
export interface Refusal {
  readonly kind: 'refused';
  readonly errorType: string;
  readonly message: string;
  readonly statusCode?: number;
  readonly metadata?: JsonObject;
  /** The rule that refused, in the words of the explanation (`POST /api/policy/explain`). */
  readonly rule?: string;
}

export interface Proceed {
  readonly kind: 'proceed';
}

export const PROCEED: Proceed = { kind: 'proceed' };

/** Builds a refusal. */
export function refuse(errorType: string, message: string, rule?: string): Refusal {
  return { kind: 'refused', errorType, message, ...(rule === undefined ? {} : { rule }) };
}

/** A call with a known tool and validated input, as the ports see it. */
export interface CheckedCall {
  readonly toolUseId: string;
  readonly name: string;
  readonly input: JsonObject;
  readonly summary: string;
  readonly risk: ToolRisk;
  readonly concurrency: ConcurrencyClass;
  /** The tool itself changes nothing, whatever class the configuration gives it. */
  readonly readOnly: boolean;
  /** The address that the call reaches, as the model wrote it. */
  readonly destination?: string;
  readonly scope: ToolCallScope;
}

/** Refuses what can change something while the chat plans (agent-runtime §13). */
export interface PlanModePort {
  check(call: CheckedCall): Proceed | Refusal;
}

/** Global tool policy and scoped grants (tools §3.2). */
export interface ToolPolicyPort {
  check(call: CheckedCall): Promise<Proceed | Refusal>;
}

/** Hosts, paths and commands named in the input (tools §10). */
export interface EgressPolicyPort {
  check(call: CheckedCall): Promise<Proceed | Refusal>;
}

/** What was measured about a call that ran. */
export interface ToolMeasurements {
  /** UTF-8 bytes of the complete content, before it was spilled. */
  readonly bytes: number;
  readonly durationMs: number;
}

/** `BeforeToolCall` and `AfterToolCall` hooks. A replaced input is validated again before the call goes on. */
export interface ToolHooksPort {
  before(call: CheckedCall): Promise<{ readonly kind: 'proceed'; readonly input: JsonObject } | Refusal>;
  after(call: CheckedCall, outcome: ToolOutcome, measured: ToolMeasurements): Promise<ToolOutcome>;
}

/**
 * Asks a person, or a standing approval. May take long; `call.scope.signal` ends the wait. Without a room nobody can be
 * asked.
 */
export interface ApprovalPort {
  request(call: CheckedCall, room: WaitingRoom | undefined): Promise<Proceed | Refusal>;
}

/** Sees every answered call, refused ones included, for the audit log and metrics. */
export interface ToolAuditPort {
  record(result: ToolCallResult, scope: ToolCallScope): Promise<void>;
}

export interface ToolPorts {
  readonly planMode: PlanModePort;
  readonly policy: ToolPolicyPort;
  readonly egress: EgressPolicyPort;
  readonly hooks: ToolHooksPort;
  readonly approval: ApprovalPort;
  readonly audit: ToolAuditPort;
}

/** Lets every call pass unchanged. */
export const passThroughPorts: ToolPorts = {
  planMode: { check: () => PROCEED },
  policy: { check: async () => PROCEED },
  egress: { check: async () => PROCEED },
  hooks: {
    before: async (call) => ({ kind: 'proceed', input: call.input }),
    after: async (_call, outcome) => outcome,
  },
  approval: { request: async () => PROCEED },
  audit: { record: async () => {} },
};
