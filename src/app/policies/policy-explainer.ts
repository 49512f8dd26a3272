/**
 * Explains what the executor would make of a call: its steps in their order, by its own functions.
 *
 * Invariants: nothing is audited, logged, asked, connected to or created; everything that comes back is redacted; the
 * decision is the heaviest of the steps: `block` never runs, `ask` runs when a person approves, `warn` and `allow` run.
 */
import { type JudgedCall, judgeReasons, type ReasonParts } from '../../agent/approvals/judge-reasons.ts';
import { sessionErrors } from '../../agent/sessions/errors.ts';
import type { SessionDirectory } from '../../agent/sessions/session-directory.ts';
import { DEFAULT_SESSION_KEY, normalizeSessionKey } from '../../agent/sessions/session-key.ts';
import type { Actor } from '../../core/actor.ts';
import type { ChatRef } from '../../core/chat.ts';
import { canonicalJson } from '../../core/json.ts';
import { ellipsize } from '../../core/text.ts';
import type {
  PolicyDecision,
  PolicyExplanation,
  PolicyPort,
  PolicyQuestion,
  PolicyStep,
} from '../../http/policy-port.ts';
import type { EgressPolicy } from '../../security/egress/egress-policy.ts';
import type { Redactor } from '../../security/redaction/redactor.ts';
import type { ToolPolicyOptions } from '../../security/tool-policy.ts';
import { toolErrors } from '../../tools/errors.ts';
import type { ToolExecutor } from '../../tools/executor-port.ts';
import type { InspectedCall } from '../../tools/inspect-call.ts';
import type { CheckedCall } from '../../tools/ports.ts';
import type { ChatWorkspace } from '../../tools/tool.ts';
import type { ToolCallScope } from '../../tools/tool-call.ts';
import {
  approvalSteps,
  boundarySteps,
  chatAccessSteps,
  egressSteps,
  planModeSteps,
  toolPolicySteps,
} from './explain-steps.ts';

/** The rules that the ports of the executor work with. */
export interface PolicyRules {
  readonly toolPolicy: ToolPolicyOptions;
  readonly egress: EgressPolicy;
  /** The reasons for an approval, as if the turn had read text of strangers or had not. */
  approvals(tainted: boolean): ReasonParts;
}

export interface PolicyExplainerParts {
  readonly rules: PolicyRules;
  readonly executor: Pick<ToolExecutor, 'inspect'>;
  readonly directory: Pick<SessionDirectory, 'find'>;
  readonly isPlanning: (chatId: number) => boolean;
  readonly isControlChat: (chatId: number) => boolean;
  /** Creates nothing. */
  readonly locate: (chat: ChatRef) => ChatWorkspace;
  readonly redactor: Redactor;
}

/** An input above this is no call that a model makes. */
const MAX_INPUT_BYTES = 256 * 1024;
const MAX_REASON_CHARS = 600;

const NOTES: readonly string[] = [
  'Names are not resolved here: the addresses of a host are checked again when the tool connects.',
  'BeforeToolCall hooks are not asked here: an enabled hook can still refuse or change the call.',
];

export function createPolicyExplainer(parts: PolicyExplainerParts): PolicyPort {
  return {
    async explain(question) {
      checkSize(question);
      const session = await sessionOf(parts, question);
      const principal = question.principal ?? 'main';
      const scope = scopeOf(parts, session.chat, principal);
      const inspected = parts.executor.inspect(question.tool, question.input, scope);
      const steps = (await collectSteps(parts, question, inspected)).map((each) => redacted(parts, each));
      const { sessionKey } = session;
      return {
        tool: inspected.call.name,
        sessionKey,
        principal,
        decision: heaviest(steps),
        steps,
        notes: NOTES,
      } satisfies PolicyExplanation;
    },
  };
}

function checkSize({ input }: PolicyQuestion): void {
  if (input === undefined || Buffer.byteLength(canonicalJson(input)) <= MAX_INPUT_BYTES) return;
  throw toolErrors.create('INVALID_INPUT', `input: larger than ${MAX_INPUT_BYTES} bytes`);
}

/** Before the first message there is no chat `main` yet; it is judged as the chat that will be. */
async function sessionOf({ directory }: PolicyExplainerParts, { sessionKey }: PolicyQuestion) {
  const key = normalizeSessionKey(sessionKey);
  const found = await directory.find(key);
  if (found !== undefined) return found;
  if (key !== DEFAULT_SESSION_KEY) throw sessionErrors.create('NOT_FOUND', 'session not found');
  const chat: ChatRef = { chatId: 0, channel: 'web', externalId: key, kind: 'private' };
  return { chat, sessionKey: key };
}

function scopeOf(parts: PolicyExplainerParts, chat: ChatRef, principal: string): ToolCallScope {
  return {
    runId: 'explained',
    chat,
    actor: { kind: actorKind(principal), id: 'explained' },
    principal,
    isControlChat: parts.isControlChat(chat.chatId),
    signal: new AbortController().signal,
  };
}

/** Who acts under a principal. */
function actorKind(principal: string): Actor['kind'] {
  if (principal === 'hook' || principal === 'scheduler') return principal;
  if (principal.startsWith('subagent')) return 'subagent';
  return principal.startsWith('channel:') ? 'channel_user' : 'operator';
}

async function collectSteps(
  parts: PolicyExplainerParts,
  { input, tainted }: PolicyQuestion,
  inspected: InspectedCall,
): Promise<readonly PolicyStep[]> {
  const { rules, locate } = parts;
  const { call } = inspected;
  const { chat, isControlChat, signal } = call.scope;
  const place = { chat, isControlChat, signal, workspace: locate(chat) };
  const [egress, boundaries, approval] = await Promise.all([
    egressSteps(rules.egress, call),
    inspected.boundaries(place),
    judge(rules, call, tainted ?? false),
  ]);
  return [
    ...chatAccessSteps(inspected),
    ...boundarySteps(boundaries, 'chat_access'),
    ...planModeSteps(call, parts.isPlanning(chat.chatId)),
    ...toolPolicySteps(rules.toolPolicy, call),
    ...(input === undefined ? [] : egress),
    ...boundarySteps(boundaries, 'egress'),
    ...boundarySteps(boundaries, 'path'),
    ...boundarySteps(boundaries, 'command'),
    ...approvalSteps(approval),
  ];
}

function judge(rules: PolicyRules, call: CheckedCall, tainted: boolean): Promise<JudgedCall> {
  return judgeReasons(rules.approvals(tainted), call, true);
}

const WEIGHT: Readonly<Record<PolicyDecision, number>> = { allow: 0, warn: 1, ask: 2, block: 3 };

function heaviest(steps: readonly PolicyStep[]): PolicyDecision {
  return steps.reduce<PolicyDecision>(
    (worst, { decision }) => (WEIGHT[decision] > WEIGHT[worst] ? decision : worst),
    'allow',
  );
}

function redacted({ redactor }: PolicyExplainerParts, step: PolicyStep): PolicyStep {
  return { ...step, reason: ellipsize(redactor.redact(step.reason), MAX_REASON_CHARS) };
}
