/** Error codes of approvals. */
import { defineErrors } from '../../core/errors.ts';

export const approvalErrors = defineErrors('APPROVAL', {
  NOT_FOUND: {
    kind: 'user',
    summary: 'There is no question with this id about a tool call.',
    hint: 'List the open ones with `microclaw approvals list` or GET /api/approvals.',
  },
  CLOSED: {
    kind: 'user',
    summary: 'The question was answered, ran out of time or was cancelled before.',
    hint: 'Ask for the tool again; an answer holds for one call only.',
  },
});
