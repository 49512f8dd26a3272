/** Error codes of the agent. */
import { defineErrors } from '../core/errors.ts';

export const agentErrors = defineErrors('AGENT', {
  QUEUE_FULL: {
    kind: 'transient',
    summary: 'The chat already has as many waiting messages as `chat_turn_queue_max_pending` allows.',
    hint: 'Wait for the running turn, stop it with /stop, or raise chat_turn_queue_max_pending.',
  },
  STOPPING: {
    kind: 'transient',
    summary: 'The runtime is shutting down and takes no new messages.',
    hint: 'Send the message again after the restart.',
  },
  DEADLINE: {
    kind: 'transient',
    summary: 'A turn ran longer than `turn_timeout_secs` and was ended.',
    hint: 'Ask for a smaller step, or raise turn_timeout_secs.',
  },
  EXPIRED: {
    kind: 'permanent',
    summary:
      'A turn was interrupted by a restart and is too old, or was interrupted too often, to be continued.',
    hint: 'Send the message again.',
  },
  INTERNAL: {
    kind: 'bug',
    summary: 'A turn failed for a reason the program does not know.',
    hint: 'Look for the error id in the log and report it.',
  },
});
