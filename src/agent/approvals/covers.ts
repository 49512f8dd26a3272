/**
 * What stands for a person's answer to a reason, so that nobody has to be asked about it.
 *
 * | reason | set aside by |
 * |---|---|
 * | `high_risk` | the configuration; a standing approval; where nobody can be asked, a grant that names the tool |
 * | `tainted_turn` of a tool of medium risk | a standing approval |
 * | `tainted_turn` of any other tool, `dangerous_pattern` | nothing |
 */
import type { CheckedCall } from '../../tools/ports.ts';
import type { ApprovalReason } from '../../tools/waiting-room.ts';

export interface CoverFacts {
  /** `high_risk_tool_user_confirmation_required`. */
  readonly confirmHighRisk: boolean;
  /** Nobody can be asked. */
  readonly isUnattended: boolean;
  /** "Always allow this tool in this chat". */
  hasStandingApproval(): Promise<boolean>;
  /** The tool policy grants the tool by name. */
  isGrantedByName(): boolean;
}

/** For each reason of the call, what sets it aside; `undefined` when a person has to. The grant is looked up once. */
export function findCovers(
  call: CheckedCall,
  facts: CoverFacts,
): (reason: ApprovalReason) => Promise<string | undefined> {
  let standing: Promise<boolean> | undefined;
  const byStanding = async () => {
    standing ??= facts.hasStandingApproval();
    return (await standing) ? 'standing approval of this chat' : undefined;
  };
  return async ({ code }) => {
    switch (code) {
      case 'high_risk':
        if (!facts.confirmHighRisk) return 'high_risk_tool_user_confirmation_required is false';
        return (await byStanding()) ?? byGrant(facts);
      case 'tainted_turn':
        return call.risk === 'medium' ? byStanding() : undefined;
      case 'dangerous_pattern':
        return undefined;
      default:
        return code satisfies never;
    }
  };
}

function byGrant({ isUnattended, isGrantedByName }: CoverFacts): string | undefined {
  return isUnattended && isGrantedByName() ? 'named by a grant of tool_policy' : undefined;
}
