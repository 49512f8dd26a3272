/** Error codes of approvals. */
import { defineErrors } from '../../core/errors.ts';

export const approvalErrors = defineErrors('APPROVAL', {
  NOT_FOUND: {
    kind: 'user',
    summary: 'There is no question with this id about a tool call.',
    hint: 'List the open ones with `microclaw approvals list` or GET /api/approvals.',
  },
  SCOPE_MISSING: {
    kind: 'user',
    summary: 'The message would approve a tool call, and its sender may not.',
    hint: 'Answer with a credential that holds the scope operator.approvals, or deny the call with `3`.',
  },
  PLAN_SCOPE_MISSING: {
    kind: 'user',
    summary: 'The message would approve a plan, and its sender may not.',
    hint: 'Approve with a credential that holds the scope operator.approvals, or say what to change in the plan.',
  },
  CLOSED: {
    kind: 'user',
    summary: 'The question was answered, ran out of time or was cancelled before.',
    hint: 'Ask for the tool again; an answer holds for one call only.',
  },
});
