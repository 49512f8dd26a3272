/** What an operator can do about a rule: the key, command or page that changes it. */

const BY_RULE: Readonly<Record<string, string>> = {
  control_chat_ids: 'Add the calling chat to control_chat_ids, or make the call in the chat it is about.',
  single_chat_channel:
    'No setting lifts it: make the call in the other chat, or in a control chat of another channel.',
  plan_mode: 'Approve the plan in the chat, or leave plan mode with /plan off.',
  'tool_policy.deny_tools':
    'Take the tool out of tool_policy.deny_tools, add it to tool_policy.allow_tools, or change tool_policy.mode.',
  'tool_policy.max_risk':
    'Raise tool_policy.max_risk, add the tool to tool_policy.allow_tools, or change tool_policy.mode.',
  tool_policy: 'tool_policy.mode, deny_tools, max_risk and allow_tools.',
  'tool_policy.grants':
    'Add or change the entry of tool_policy.grants for this caller, or change tool_policy.grants_mode.',
  egress_policy: 'egress_policy.allow_hosts, deny_hosts, block_private_ips and mode.',
  high_risk_tool_user_confirmation_required:
    'Set high_risk_tool_user_confirmation_required, or answer "always" once; /approvals clear takes that back.',
  bash_dangerous_patterns:
    'Change the patterns in bash_dangerous_patterns; no standing approval covers them.',
  taint_policy: 'Set taint_policy to off, ask or block, or ask for it in a new message.',
  'path_guard.outside':
    'Put the file into the working directory of the chat or into working_dir/shared, or use a control chat.',
  'path_guard.allowlist': 'Add the directory to the allowlist file that the reason names.',
  'path_guard.symlink': 'Use the real path, inside the directories of the chat.',
  'path_guard.tmp': 'Use $TMPDIR or a relative path.',
  write_memory_scope: 'Add the chat to control_chat_ids, or write to the scope chat.',
};

const FIXED = 'No setting lifts this rule.';

export function howToChange(rule: string): string {
  const known = BY_RULE[rule];
  if (known !== undefined) return known;
  return rule.startsWith('web_fetch_url_validation.') ? `Change ${rule}.` : FIXED;
}
