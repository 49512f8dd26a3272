/** What makes a call one that a person has to see before it runs. */
import type { CommandPolicy } from '../../security/command-policy.ts';
import type { CheckedCall } from '../../tools/ports.ts';
import type { ApprovalReason } from '../../tools/waiting-room.ts';
import { commandOf } from './visible-input.ts';

/** One kind of reason. A source that rejects makes the call refused. */
export interface ApprovalReasonSource {
  explain(call: CheckedCall): Promise<ApprovalReason | undefined>;
}

/** Tools of high risk. The only reason that the configuration or a grant of the tool policy may set aside. */
export function highRiskSource(): ApprovalReasonSource {
  return {
    explain: async ({ name, risk }) =>
      risk === 'high' ? { code: 'high_risk', text: `\`${name}\` is a high-risk tool` } : undefined,
  };
}

/** Commands that match a dangerous pattern. */
export function dangerousPatternSource(policy: CommandPolicy): ApprovalReasonSource {
  return {
    async explain({ name, input }) {
      const command = commandOf(name, input);
      if (command === null) return undefined;
      const pattern = await policy.findDangerousPattern(command);
      if (pattern === undefined) return undefined;
      return { code: 'dangerous_pattern', text: `command matches dangerous pattern \`${pattern}\`` };
    },
  };
}
