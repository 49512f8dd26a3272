/** The executor's part of plan mode: a chat that plans runs only tools that change nothing (agent-runtime §13). */
import { type CheckedCall, PROCEED, type Proceed, type Refusal, refuse } from '../../tools/ports.ts';

/** The name of the rule in refusals, audit entries and explanations. */
export const PLAN_MODE_RULE = 'plan_mode';

/** What counts is what the tool is, not how the configuration schedules it (`tool_concurrency_overrides`). */
export function planModeRefusal(
  call: Pick<CheckedCall, 'name' | 'readOnly'>,
  isPlanning: boolean,
): Proceed | Refusal {
  if (!isPlanning || call.readOnly) return PROCEED;
  return refuse(
    PLAN_MODE_RULE,
    `Plan mode: \`${call.name}\` can change something, so it was not run. Only read-only tools work until the user ` +
      'approves the plan. Do not try another tool for the same effect: put the step into the plan. The user can leave ' +
      'plan mode with /plan off.',
    PLAN_MODE_RULE,
  );
}
