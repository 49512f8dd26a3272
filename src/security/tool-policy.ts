/**
 * Which tools may be called by whom (tools §3.2): one global rule and grants for chats, channels and principals.
 *
 * Invariants: the two parts are judged independently, so a grant never weakens the global rule; with grants switched
 * on, a caller that no grant covers may call nothing; names are compared without regard to case, because that is how
 * tools are found.
 */

export type PolicyMode = 'off' | 'warn' | 'block';

export type RiskLevel = 'low' | 'medium' | 'high';

/** Rights of the callers it selects. An absent selector selects everybody. */
export interface ToolGrant {
  /** The chat's id here, or the platform's own id of the conversation. */
  readonly chatId?: bigint;
  readonly channel?: string;
  /** Exact, or a prefix followed by `*`. */
  readonly principal?: string;
  /** Names, prefixes followed by `*`, or `*`. */
  readonly allowTools: readonly string[];
  readonly denyTools: readonly string[];
  readonly maxRisk?: RiskLevel;
}

export interface ToolPolicyOptions {
  readonly mode: PolicyMode;
  readonly denyTools: readonly string[];
  /** Exempt from `denyTools` and `maxRisk`. */
  readonly allowTools: readonly string[];
  readonly maxRisk?: RiskLevel;
  readonly grantsMode: PolicyMode;
  readonly grants: readonly ToolGrant[];
  /** Control chats need no grant. The global rule holds for them too. */
  readonly controlChatBypass: boolean;
}

/** A call, as far as the policy looks at it. */
export interface PolicyCall {
  readonly tool: string;
  readonly risk: RiskLevel;
  readonly chatId: number;
  readonly externalChatId: string;
  readonly channel: string;
  readonly principal: string;
  readonly isControlChat: boolean;
}

export interface PolicyViolation {
  /** Which of the two parts. */
  readonly part: 'tool_policy' | 'grants';
  /** The configuration key that decided, in refusals, audit entries and explanations. */
  readonly rule: string;
  /** What the mode of the violated part asks for. */
  readonly action: 'warn' | 'block';
  /** Names the configuration key that decided. */
  readonly reason: string;
}

/** Every rule the call breaks: at most one global and one of the grants. Empty means the call may go on. */
export function explainToolCall(options: ToolPolicyOptions, call: PolicyCall): readonly PolicyViolation[] {
  return [globalViolation(options, call), grantViolation(options, call)].filter(
    (violation) => violation !== undefined,
  );
}

/**
 * Whether a grant in force allows the tool to this very caller by name: it names the caller's principal, and the tool
 * without a `*`. Such a grant stands for the answer of a person where nobody can be asked.
 */
export function isGrantedByName(options: ToolPolicyOptions, call: PolicyCall): boolean {
  if (options.grantsMode === 'off' || grantProblem(options.grants, call) !== undefined) return false;
  return options.grants.some(
    (grant) =>
      grant.principal !== undefined &&
      grant.principal !== '*' &&
      selects(grant, call) &&
      grant.allowTools.some((name) => name.trim().toLowerCase() === call.tool.toLowerCase()),
  );
}

/** Equal, a prefix followed by `*`, or `*`. */
function matchesName(pattern: string, name: string): boolean {
  const wanted = pattern.trim().toLowerCase();
  const actual = name.toLowerCase();
  return wanted.endsWith('*') ? actual.startsWith(wanted.slice(0, -1)) : actual === wanted;
}

function globalViolation(options: ToolPolicyOptions, call: PolicyCall): PolicyViolation | undefined {
  const { mode, denyTools, allowTools, maxRisk } = options;
  if (mode === 'off' || coversTool(allowTools, call.tool)) return undefined;
  if (coversTool(denyTools, call.tool)) {
    const rule = 'tool_policy.deny_tools';
    return { part: 'tool_policy', rule, action: mode, reason: `tool '${call.tool}' is denied by ${rule}` };
  }
  if (!exceeds(call.risk, maxRisk)) return undefined;
  const rule = 'tool_policy.max_risk';
  const reason = `tool '${call.tool}' has risk ${call.risk}, above ${rule} (${maxRisk})`;
  return { part: 'tool_policy', rule, action: mode, reason };
}

function grantViolation(options: ToolPolicyOptions, call: PolicyCall): PolicyViolation | undefined {
  const { grantsMode, grants, controlChatBypass } = options;
  if (grantsMode === 'off' || (controlChatBypass && call.isControlChat)) return undefined;
  const reason = grantProblem(grants, call);
  if (reason === undefined) return undefined;
  return { part: 'grants', rule: 'tool_policy.grants', action: grantsMode, reason };
}

function grantProblem(grants: readonly ToolGrant[], call: PolicyCall): string | undefined {
  const matching = grants
    .map((grant, index) => ({ grant, key: `tool_policy.grants[${index}]` }))
    .filter(({ grant }) => selects(grant, call));
  const caller = `chat ${call.chatId} (channel ${call.channel}, principal ${call.principal})`;
  if (matching.length === 0) return `no entry of tool_policy.grants covers ${caller}`;
  for (const { grant, key } of matching) {
    if (coversTool(grant.denyTools, call.tool)) return `tool '${call.tool}' is denied by ${key}.deny_tools`;
    if (exceeds(call.risk, grant.maxRisk)) {
      return `tool '${call.tool}' has risk ${call.risk}, above ${key}.max_risk (${grant.maxRisk})`;
    }
  }
  if (matching.some(({ grant }) => coversTool(grant.allowTools, call.tool))) return undefined;
  return `tool '${call.tool}' is in no allow_tools of the tool_policy.grants that cover ${caller}`;
}

function selects(grant: ToolGrant, call: PolicyCall): boolean {
  if (grant.chatId !== undefined && !isChat(grant.chatId, call)) return false;
  if (grant.channel !== undefined && grant.channel.toLowerCase() !== call.channel.toLowerCase()) return false;
  return grant.principal === undefined || matchesPrincipal(grant.principal, call.principal);
}

/** Channels whose external ids are names that people choose, which must not pass for a platform's id. */
const NAMED_CHANNELS: ReadonlySet<string> = new Set(['web', 'headless']);

function isChat(wanted: bigint, call: PolicyCall): boolean {
  if (wanted === BigInt(call.chatId)) return true;
  return !NAMED_CHANNELS.has(call.channel.toLowerCase()) && call.externalChatId === wanted.toString();
}

function matchesPrincipal(pattern: string, principal: string): boolean {
  return pattern.endsWith('*') ? principal.startsWith(pattern.slice(0, -1)) : principal === pattern;
}

function coversTool(patterns: readonly string[], tool: string): boolean {
  return patterns.some((pattern) => matchesName(pattern, tool));
}

const RISK_RANK: Readonly<Record<RiskLevel, number>> = { low: 0, medium: 1, high: 2 };

function exceeds(risk: RiskLevel, limit: RiskLevel | undefined): boolean {
  return limit !== undefined && RISK_RANK[risk] > RISK_RANK[limit];
}
