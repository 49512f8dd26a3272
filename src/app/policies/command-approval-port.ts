/**
 * The approval step for commands that match a dangerous pattern. Nobody can be asked in this version, and silence is
 * denial, so they are refused.
 */
import type { CommandPolicy } from '../../security/command-policy.ts';
import { type ApprovalPort, PROCEED, refuse } from '../../tools/ports.ts';

/** Tools whose `command` a shell runs. */
const SHELL_TOOLS: ReadonlySet<string> = new Set(['bash']);

export function createCommandApprovalPort(policy: CommandPolicy): ApprovalPort {
  return {
    async request({ name, input }) {
      if (!SHELL_TOOLS.has(name) || typeof input.command !== 'string') return PROCEED;
      const pattern = await policy.findDangerousPattern(input.command);
      if (pattern === undefined) return PROCEED;
      return refuse(
        'approval_required',
        `Approval required: command matches dangerous pattern \`${pattern}\`. It was not run, because this version ` +
          'cannot ask anybody. Use a harmless command, or tell the user that the operator can change ' +
          'bash_dangerous_patterns in the configuration.',
      );
    },
  };
}
