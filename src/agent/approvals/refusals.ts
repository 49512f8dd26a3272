/** What the model is told about a call that nobody approved. Each text says what it can do instead. */
import type { ApprovalRecord } from '../../storage/repositories/approval-repository.ts';
import { type CheckedCall, type Refusal, refuse } from '../../tools/ports.ts';
import type { ApprovalReason } from '../../tools/waiting-room.ts';

/** The settings behind the reasons, in refusals, audit entries and explanations. */
export const REASON_RULES: Readonly<Record<ApprovalReason['code'], string>> = {
  high_risk: 'high_risk_tool_user_confirmation_required',
  dangerous_pattern: 'bash_dangerous_patterns',
  tainted_turn: 'taint_policy',
};

/** The rules of the reasons, in their order. */
export function rulesOf(reasons: readonly ApprovalReason[]): string {
  return reasons.map(({ code }) => REASON_RULES[code]).join(', ');
}

export function nobodyToAsk(call: CheckedCall, reasons: readonly ApprovalReason[]): Refusal {
  const why = reasons.map(({ text }) => text).join('; ');
  const remedy = remedyOf(call, new Set(reasons.map(({ code }) => code)));
  return refuse(
    'approval_required',
    `Approval required: ${why}. It was not run, because nobody can be asked here. Go on without it. ${remedy}`,
    rulesOf(reasons),
  );
}

function remedyOf(call: CheckedCall, codes: ReadonlySet<ApprovalReason['code']>): string {
  const asked = 'It can only be run in a conversation where a person can be asked.';
  if (codes.has('dangerous_pattern')) return asked;
  if (!codes.has('tainted_turn')) {
    return (
      'The operator can allow it with a standing approval in this chat, or with an entry of tool_policy.grants for ' +
      `the principal \`${call.scope.principal}\` whose allow_tools names \`${call.name}\`.`
    );
  }
  if (call.risk === 'medium') {
    return `The operator can allow it with a standing approval of \`${call.name}\` in this chat, or change taint_policy.`;
  }
  return `${asked} The rule is taint_policy, which the operator can change.`;
}

/** `taint_policy: block`. */
export function taintBlocked(call: CheckedCall, reason: ApprovalReason): Refusal {
  return {
    ...refuse(
      'tainted_turn',
      `Tool call blocked by taint_policy: ${reason.text}. \`${call.name}\` was not run and will not be in this turn. ` +
        'Tell the user what you would do, so that they can ask for it in a new message; the operator can set ' +
        'taint_policy to ask.',
      REASON_RULES.tainted_turn,
    ),
    metadata: { taint: { policy: 'block', reason: reason.text } },
  };
}

export function tooLargeToShow(
  call: CheckedCall,
  reasons: readonly ApprovalReason[],
  maxBytes: number,
): Refusal {
  return {
    ...refuse(
      'approval_required',
      `Approval required: the input of \`${call.name}\` is larger than ${maxBytes} bytes, so nobody could read it ` +
        'before approving it. It was not run. Split it into smaller calls.',
      rulesOf(reasons),
    ),
    metadata: { approval: { state: 'not_asked', max_input_bytes: maxBytes } },
  };
}

export function deniedRefusal(call: CheckedCall, record: ApprovalRecord): Refusal {
  const note = record.note === null ? '' : ` They wrote: ${JSON.stringify(record.note)}.`;
  return about(
    record,
    'approval_denied',
    `The user denied this call of \`${call.name}\`; it was not run.${note} Do not try it again in another form: ask ` +
      'what to do instead, or go on without it.',
  );
}

export function expiredRefusal(call: CheckedCall, record: ApprovalRecord): Refusal {
  return about(
    record,
    'approval_expired',
    `Nobody approved this call of \`${call.name}\` in time; it was not run. Tell the user what is waiting for them, ` +
      'or go on without it. Do not call it again before they have answered.',
  );
}

export function cancelledRefusal(call: CheckedCall, record: ApprovalRecord): Refusal {
  return about(
    record,
    'approval_required',
    `The question about this call of \`${call.name}\` was cancelled; it was not run.`,
  );
}

/** A row of the same run and call id that stands for another input. */
export function wrongCall(call: CheckedCall, record: ApprovalRecord): Refusal {
  return about(
    record,
    'approval_required',
    `The approval on record is for another input of \`${call.name}\`; this call was not run. Make the call again.`,
  );
}

export function stoppedRefusal(call: CheckedCall): Refusal {
  return refuse('aborted', `Tool '${call.name}' was not run: the turn was stopped.`);
}

function about(record: ApprovalRecord, errorType: string, message: string): Refusal {
  return {
    ...refuse(errorType, message),
    metadata: { approval: { approval_id: record.approvalId, state: record.state } },
  };
}
