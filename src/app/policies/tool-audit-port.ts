/**
 * Audits calls that a boundary refused. Violations of the policies are audited where they are found, with their reason,
 * and blocks of hooks by the hooks; calls that ran stand in the table of tool calls.
 */
import type { ToolAuditPort } from '../../tools/ports.ts';
import { chatActor, type WriteToolAudit } from './policy-audit.ts';

/** Kinds of refusal that say that a caller reached for something it may not have. */
const DENIALS: ReadonlySet<string> = new Set([
  'approval_required',
  'forbidden',
  'path_policy_blocked',
  'env_access_blocked',
  'execution_policy_blocked',
  'plan_mode',
]);

/** A tool that names a rule was kept from something, whatever kind of failure that is. */
function isDenial(errorType: string, rule: string | undefined): boolean {
  return DENIALS.has(errorType) || (errorType === 'tool_error' && rule !== undefined);
}

export function createToolAuditPort(audit: WriteToolAudit): ToolAuditPort {
  return {
    async record(result, scope) {
      const { errorType, name, rule } = result;
      if (errorType === undefined || !isDenial(errorType, rule)) return;
      await audit({
        kind: 'tool',
        actor: chatActor(scope),
        action: 'refuse',
        target: name,
        status: 'blocked',
        detail: rule === undefined ? errorType : `${errorType}; rule=${rule}`,
      });
    },
  };
}
