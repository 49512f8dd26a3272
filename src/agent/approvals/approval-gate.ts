/**
 * The approval step of the executor: collects the reasons why a person has to see a call, sets aside what is covered
 * already, and asks once about the rest.
 *
 * Invariants: which reason can be set aside by what is decided in `covers.ts` and
 * `judge-reasons.ts`, and a call that needs nobody is audited;
 * an approval holds for the call whose fingerprint it carries, checked again when the call goes on; everything else is
 * a refusal the model can act on; however many reasons there are, one question is asked.
 */
import type { Clock } from '../../core/clock.ts';
import type { IdSource } from '../../core/ids.ts';
import type { Logger } from '../../observability/logger.ts';
import type { Redactor } from '../../security/redaction/redactor.ts';
import type { ApprovalRecord, NewApproval } from '../../storage/repositories/approval-repository.ts';
import {
  type ApprovalPort,
  type CheckedCall,
  PROCEED,
  type Proceed,
  type Refusal,
  refuse,
} from '../../tools/ports.ts';
import { redactJson } from '../../tools/steps/redact-json.ts';
import type { ApprovalReason, WaitingRoom } from '../../tools/waiting-room.ts';
import { sessionKeyOf } from '../sessions/session-key.ts';
import { callerName, type WriteApprovalAudit } from './approval-audit.ts';
import type { ApprovalDesk } from './approval-desk.ts';
import { callFingerprint } from './fingerprint.ts';
import {
  type JudgedReason,
  judgeReasons,
  MAX_SHOWN_BYTES,
  type ReasonParts,
  type ReasonSettings,
} from './judge-reasons.ts';
import {
  cancelledRefusal,
  deniedRefusal,
  expiredRefusal,
  nobodyToAsk,
  stoppedRefusal,
  taintBlocked,
  tooLargeToShow,
  wrongCall,
} from './refusals.ts';
import { visibleInput } from './visible-input.ts';

export interface ApprovalGateParts extends ReasonParts {
  readonly desk: ApprovalDesk;
  /** Where the call would work, for the person who decides. */
  readonly directoryOf: (call: CheckedCall) => Promise<string>;
  readonly settings: () => ApprovalSettings;
  readonly redactor: Redactor;
  readonly audit: WriteApprovalAudit;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Pick<Logger, 'info'>;
}

export interface ApprovalSettings extends ReasonSettings {
  readonly timeoutMs: number;
}

const ID_BYTES = 16;

export function createApprovalGate(parts: ApprovalGateParts): ApprovalPort {
  return {
    async request(call, room) {
      const { reasons, open, verdict } = await judgeReasons(parts, call, room !== undefined);
      if (reasons.length === 0) return PROCEED;
      const taint = reasons.find(({ code }) => code === 'tainted_turn');
      if (verdict === 'taint_blocked' && taint !== undefined) return blockTainted(parts, call, taint);
      if (verdict === 'free') return approveByItself(parts, call, reasons);
      if (room === undefined || verdict === 'nobody_to_ask') return await refuseUnasked(parts, call, open);
      if (verdict === 'too_large') return tooLargeToShow(call, open, MAX_SHOWN_BYTES);
      return await ask(parts, call, open, room);
    },
  };
}

/** A call that needs nobody is audited as approved by itself. */
async function approveByItself(
  parts: ApprovalGateParts,
  call: CheckedCall,
  reasons: readonly JudgedReason[],
): Promise<Proceed> {
  const { chat, principal, runId } = call.scope;
  const detail = [...new Set(reasons.map(({ cover }) => cover))].join('; ');
  parts.logger.info(
    { tool: call.name, chatId: chat.chatId, runId, cover: detail },
    'call approved by itself',
  );
  const actor = callerName(chat.chatId, principal);
  await parts.audit({ actor, action: 'auto_approved', target: call.name, detail });
  return PROCEED;
}

async function blockTainted(
  parts: ApprovalGateParts,
  call: CheckedCall,
  reason: ApprovalReason,
): Promise<Refusal> {
  const actor = callerName(call.scope.chat.chatId, call.scope.principal);
  await parts.audit({ actor, action: 'denied', target: call.name, detail: 'taint_policy is block' });
  return taintBlocked(call, reason);
}

async function refuseUnasked(
  parts: ApprovalGateParts,
  call: CheckedCall,
  reasons: readonly ApprovalReason[],
): Promise<Refusal> {
  const actor = callerName(call.scope.chat.chatId, call.scope.principal);
  const codes = reasons.map(({ code }) => code).join(', ');
  await parts.audit({ actor, action: 'denied', target: call.name, detail: `nobody to ask; ${codes}` });
  return nobodyToAsk(call, reasons);
}

async function ask(
  parts: ApprovalGateParts,
  call: CheckedCall,
  reasons: readonly ApprovalReason[],
  room: WaitingRoom,
): Promise<Proceed | Refusal> {
  const { signal } = call.scope;
  try {
    const question = await toQuestion(parts, call, reasons);
    return await decide(parts, call, await parts.desk.ask(question, room, signal));
  } catch (error) {
    if (!signal.aborted) throw error;
    return stoppedRefusal(call);
  }
}

async function toQuestion(
  parts: ApprovalGateParts,
  call: CheckedCall,
  reasons: readonly ApprovalReason[],
): Promise<NewApproval> {
  const { runId, chat, actor, principal } = call.scope;
  return {
    approvalId: `apv_${parts.ids.hex(ID_BYTES)}`,
    runId,
    toolUseId: call.toolUseId,
    chatId: chat.chatId,
    sessionKey: sessionKeyOf(chat),
    channel: chat.channel,
    requesterKind: actor.kind,
    requesterId: actor.id,
    principal,
    tool: call.name,
    risk: call.risk,
    inputJson: JSON.stringify(visibleInput(redactJson(call.input, parts.redactor))),
    fingerprint: callFingerprint(call.name, call.input),
    summary: call.summary,
    cwd: await parts.directoryOf(call),
    reasonsJson: JSON.stringify(reasons.map(({ code, text }) => ({ code, text }))),
    expiresAtMs: parts.clock.now() + parts.settings().timeoutMs,
  };
}

/** What the row says about this very call, now. */
async function decide(
  parts: ApprovalGateParts,
  call: CheckedCall,
  record: ApprovalRecord,
): Promise<Proceed | Refusal> {
  if (record.fingerprint !== callFingerprint(call.name, call.input)) {
    await parts.desk.cancel(record);
    return wrongCall(call, record);
  }
  switch (record.state) {
    case 'approved':
      return isStale(record, parts.clock.now()) ? expiredRefusal(call, record) : PROCEED;
    case 'denied':
      return deniedRefusal(call, record);
    case 'expired':
      return expiredRefusal(call, record);
    case 'cancelled':
      return cancelledRefusal(call, record);
    case 'pending':
      return refuse('approval_required', `The question about tool '${call.name}' is still open.`);
    default:
      return record.state satisfies never;
  }
}

/** An answer that an outage kept from its call is good for as long as the question was, and no longer. */
function isStale({ createdAt, expiresAt, answeredAt }: ApprovalRecord, nowMs: number): boolean {
  const lifeMs = Date.parse(expiresAt) - Date.parse(createdAt);
  return nowMs - Date.parse(answeredAt ?? createdAt) > lifeMs;
}
