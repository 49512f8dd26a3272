/**
 * What the approval step makes of a call before anybody is asked: its reasons, what sets each aside, and what follows.
 * The gate acts on it and the explanation shows it, so the two cannot disagree.
 */
import { canonicalJson } from '../../core/json.ts';
import type { ApprovalGrantRepository } from '../../storage/repositories/approval-grant-repository.ts';
import type { CheckedCall } from '../../tools/ports.ts';
import type { ApprovalReason } from '../../tools/waiting-room.ts';
import { findCovers } from './covers.ts';
import type { ApprovalReasonSource } from './reason-sources.ts';

export interface ReasonParts {
  /** In the order in which their reasons are shown. */
  readonly sources: readonly ApprovalReasonSource[];
  readonly grants: Pick<ApprovalGrantRepository, 'has'>;
  /** Whether the tool policy grants the tool by name to a caller where nobody can be asked. */
  readonly isGrantedByName: (call: CheckedCall) => boolean;
  readonly settings: () => ReasonSettings;
}

export interface ReasonSettings {
  /** `high_risk_tool_user_confirmation_required`. */
  readonly confirmHighRisk: boolean;
  /** `taint_policy` is `block`: what a tainted turn would have to ask about is refused. */
  readonly blockTainted: boolean;
}

export interface JudgedReason extends ApprovalReason {
  /** What sets it aside; `undefined` when a person has to. */
  readonly cover: string | undefined;
}

export type ApprovalVerdict =
  /** Nobody has to be asked. */
  | 'free'
  | 'taint_blocked'
  | 'nobody_to_ask'
  /** Nobody could read the input before approving it. */
  | 'too_large'
  | 'ask';

export interface JudgedCall {
  readonly reasons: readonly JudgedReason[];
  /** The reasons that somebody has to decide on. */
  readonly open: readonly JudgedReason[];
  readonly verdict: ApprovalVerdict;
}

/** Canonical input above this cannot be read by a person. */
export const MAX_SHOWN_BYTES = 16 * 1024;

/** `hasRoom`: the turn can wait for an answer. Rejects when a source does. */
export async function judgeReasons(
  parts: ReasonParts,
  call: CheckedCall,
  hasRoom: boolean,
): Promise<JudgedCall> {
  const found: ApprovalReason[] = [];
  for (const source of parts.sources) {
    const reason = await source.explain(call);
    if (reason !== undefined) found.push(reason);
  }
  const isAttended = hasRoom && canBeAsked(call);
  const { confirmHighRisk, blockTainted } = parts.settings();
  const coverOf = findCovers(call, {
    confirmHighRisk,
    isUnattended: !isAttended,
    hasStandingApproval: () => parts.grants.has(call.scope.chat.chatId, call.name),
    isGrantedByName: () => parts.isGrantedByName(call),
  });
  const reasons: JudgedReason[] = [];
  for (const reason of found) reasons.push({ ...reason, cover: await coverOf(reason) });
  const open = reasons.filter(({ cover }) => cover === undefined);
  return { reasons, open, verdict: verdictOf() };

  function verdictOf(): ApprovalVerdict {
    if (blockTainted && found.some(({ code }) => code === 'tainted_turn')) return 'taint_blocked';
    if (open.length === 0) return 'free';
    if (!isAttended) return 'nobody_to_ask';
    return Buffer.byteLength(canonicalJson(call.input)) > MAX_SHOWN_BYTES ? 'too_large' : 'ask';
  }
}

const PEOPLE: ReadonlySet<string> = new Set(['operator', 'api_key', 'channel_user', 'local']);

/** Whether a person follows the conversation that made the call. */
function canBeAsked({ scope }: CheckedCall): boolean {
  const isInteractive = scope.principal === 'main' || scope.principal.startsWith('channel:');
  return isInteractive && PEOPLE.has(scope.actor.kind);
}
