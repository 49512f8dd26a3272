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
  UNKNOWN_TOOL: {
    kind: 'user',
    summary: 'An explanation was asked for about a tool that does not exist.',
    hint: 'GET /api/tools and `microclaw policy list` name the tools.',
  },
  INVALID_INPUT: {
    kind: 'user',
    summary: 'An explanation was asked for about an input that the tool does not take, or that is too large.',
    hint: 'Send the input as the tool takes it, or none to leave it out of the judgement.',
  },
  BAD_LIMITS: {
    kind: 'config',
    summary: 'A limit of the tool executor is out of range.',
    hint: 'Use whole numbers of at least 1.',
  },
});
