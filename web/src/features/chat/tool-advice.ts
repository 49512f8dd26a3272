/** What the operator can do about a tool call that failed, by the error type the server reports. */
const ADVICE: Readonly<Record<string, string>> = {
  timeout:
    'It took longer than its limit. Ask for a smaller step, or raise `tool_timeout_overrides` for this tool in the configuration.',
  aborted: 'It was stopped before it finished; what it had done until then stays done.',
  path_policy_blocked: 'The path lies outside the working directory of this chat. Use a path inside it.',
  egress_policy_blocked: 'The address is not one the agent may contact; the output names the rule.',
  unknown_tool: 'The model asked for a tool that does not exist here.',
  process_exit: 'The command ended with an error code; its output says why.',
};

/** Refusals by a rule, which the page of the policy explains. */
const REFUSALS: ReadonlySet<string> = new Set([
  'approval_required',
  'egress_policy_blocked',
  'env_access_blocked',
  'forbidden',
  'path_policy_blocked',
  'plan_mode',
  'tainted_turn',
  'tool_policy_blocked',
]);

export function isPolicyRefusal(errorType: string | null): boolean {
  return errorType !== null && REFUSALS.has(errorType);
}

/** `null` when the output itself is all there is to say. */
export function toolAdvice(errorType: string | null): string | null {
  return errorType === null ? null : (ADVICE[errorType] ?? null);
}
