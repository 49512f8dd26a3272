/** The tool policy as a step of the executor: audits every violation, refuses where the mode says so. */
import { explainToolCall, type ToolPolicyOptions } from '../../security/tool-policy.ts';
import { type CheckedCall, PROCEED, refuse, type ToolPolicyPort } from '../../tools/ports.ts';
import { chatActor, type WriteToolAudit } from './policy-audit.ts';

export function createToolPolicyPort(options: ToolPolicyOptions, audit: WriteToolAudit): ToolPolicyPort {
  return {
    async check(call) {
      const violations = explainToolCall(options, policyCall(call));
      for (const { action, reason } of violations) {
        await audit({
          kind: 'tool_policy',
          actor: chatActor(call.scope),
          action,
          target: call.name,
          status: action === 'block' ? 'blocked' : 'allowed',
          detail: reason,
        });
      }
      const blocking = violations.find(({ action }) => action === 'block');
      if (blocking === undefined) return PROCEED;
      return refuse(
        'tool_policy_blocked',
        `Tool call blocked by policy: ${blocking.reason}. Do not retry this tool; use another one, or tell the user ` +
          'that the operator can change this rule in the configuration.',
        blocking.rule,
      );
    },
  };
}

/** A call as the policy sees it. */
export function policyCall({ name, risk, scope }: CheckedCall) {
  const { chat, principal, isControlChat } = scope;
  return {
    tool: name,
    risk,
    chatId: chat.chatId,
    externalChatId: chat.externalId,
    channel: chat.channel,
    principal,
    isControlChat,
  };
}
