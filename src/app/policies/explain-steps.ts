/**
 * The steps that decide about a call, one list each, by the functions that the executor calls.
 *
 * Invariant: nothing here audits, asks, connects or resolves a name.
 */
import type { JudgedCall, JudgedReason } from '../../agent/approvals/judge-reasons.ts';
import { REASON_RULES } from '../../agent/approvals/refusals.ts';
import { PLAN_MODE_RULE, planModeRefusal } from '../../agent/plan-mode/plan-refusal.ts';
import type { PolicyDecision, PolicyStep, PolicyStepName } from '../../http/policy-port.ts';
import type { EgressPolicy } from '../../security/egress/egress-policy.ts';
import { findDestinations } from '../../security/egress/egress-policy-urls.ts';
import { explainToolCall, type ToolPolicyOptions } from '../../security/tool-policy.ts';
import type { InspectedCall } from '../../tools/inspect-call.ts';
import type { CheckedCall } from '../../tools/ports.ts';
import type { ToolBoundary } from '../../tools/tool.ts';
import { EGRESS_RULE, explainInput } from './egress-policy-port.ts';
import { howToChange } from './how-to-change.ts';
import { policyCall } from './tool-policy-port.ts';

type Steps = readonly PolicyStep[];

function step(name: PolicyStepName, decision: PolicyDecision, rule: string, reason: string): PolicyStep {
  return { step: name, decision, rule, reason, howToChange: howToChange(rule) };
}

/** Only for a call that names another chat. */
export function chatAccessSteps({ chatAccess }: InspectedCall): Steps {
  if (chatAccess === undefined) return [];
  if (chatAccess.kind === 'proceed') {
    return [step('chat_access', 'allow', 'control_chat_ids', 'this chat may operate on other chats')];
  }
  return [step('chat_access', 'block', chatAccess.rule ?? 'control_chat_ids', chatAccess.message)];
}

/** Only in a chat that plans. */
export function planModeSteps(call: CheckedCall, isPlanning: boolean): Steps {
  if (!isPlanning) return [];
  const answer = planModeRefusal(call, isPlanning);
  if (answer.kind === 'refused') return [step('plan_mode', 'block', PLAN_MODE_RULE, answer.message)];
  return [step('plan_mode', 'allow', PLAN_MODE_RULE, `\`${call.name}\` changes nothing`)];
}

/** Only the parts that are switched on. */
export function toolPolicySteps(options: ToolPolicyOptions, call: CheckedCall): Steps {
  const violations = explainToolCall(options, policyCall(call));
  const stepOf = (part: 'tool_policy' | 'grants', rule: string, allowed: string) => {
    const violation = violations.find((each) => each.part === part);
    return violation === undefined
      ? step(part, 'allow', rule, allowed)
      : step(part, violation.action, violation.rule, violation.reason);
  };
  return [
    ...(options.mode === 'off'
      ? []
      : [stepOf('tool_policy', 'tool_policy', `tool_policy allows '${call.name}' (risk ${call.risk})`)]),
    ...(options.grantsMode === 'off'
      ? []
      : [
          stepOf(
            'grants',
            'tool_policy.grants',
            `'${call.name}' is granted, or a control chat needs no grant`,
          ),
        ]),
  ];
}

/** Only for an input that names destinations; by their text alone. */
export async function egressSteps(policy: EgressPolicy, call: CheckedCall): Promise<Steps> {
  if (policy.mode === 'off' || findDestinations(call.input).length === 0) return [];
  const { mode } = policy;
  const violations = await explainInput(policy, call.input, async (url) => policy.explain(url));
  if (violations.length === 0) {
    return [step('egress', 'allow', EGRESS_RULE, 'no destination in the input is forbidden by its name')];
  }
  return violations.map(({ reason }) => step('egress', mode, EGRESS_RULE, reason));
}

/** What the tool itself checks before it does anything. */
export function boundarySteps(boundaries: readonly ToolBoundary[], name: PolicyStepName): Steps {
  return boundaries
    .filter((boundary) => boundary.step === name)
    .map(({ refused, rule, reason }) => step(name, refused ? 'block' : 'allow', rule, reason));
}

const STEP_OF_REASON = {
  high_risk: 'high_risk',
  dangerous_pattern: 'dangerous_pattern',
  tainted_turn: 'taint',
} as const satisfies Record<JudgedReason['code'], PolicyStepName>;

/** One per reason for an approval. */
export function approvalSteps({ reasons, verdict }: JudgedCall): Steps {
  return reasons.map(({ code, text, cover }) => {
    const rule = REASON_RULES[code];
    const name = STEP_OF_REASON[code];
    if (code === 'tainted_turn' && verdict === 'taint_blocked') return step(name, 'block', rule, text);
    if (cover !== undefined) return step(name, 'allow', rule, `${text}, set aside: ${cover}`);
    switch (verdict) {
      case 'nobody_to_ask':
        return step(name, 'block', rule, `${text}, and nobody can be asked here`);
      case 'too_large':
        return step(name, 'block', rule, `${text}, and the input is too large for a person to read`);
      case 'ask':
      case 'taint_blocked':
      case 'free':
        return step(name, 'ask', rule, text);
      default:
        return verdict satisfies never;
    }
  });
}
