/** Error codes of tool registration and execution. A tool's own failure is a value, never one of these. */
import { defineErrors } from '../core/errors.ts';

export const toolErrors = defineErrors('TOOLS', {
  DUPLICATE_NAME: {
    kind: 'bug',
    summary: 'Two tools were registered under one name; names are compared without case.',
    hint: 'Rename one of the two tools.',
  },
  TIMEOUT: {
    kind: 'transient',
    summary: 'A tool reached its time limit; this is the reason of the abort signal it received.',
    hint: 'Pass a larger timeout_secs where the tool has one, or raise tool_timeout_overrides.<tool>.',
  },
  BAD_LIMITS: {
    kind: 'config',
    summary: 'A limit of the tool executor is out of range.',
    hint: 'Use whole numbers of at least 1.',
  },
});
