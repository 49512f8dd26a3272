/** Error codes of finding and changing sessions. The messages are the exact texts of the HTTP API. */
import { defineErrors, type MicroclawError } from '../../core/errors.ts';

export const sessionErrors = defineErrors('SESSION', {
  NOT_FOUND: {
    kind: 'user',
    summary: 'No chat has this session key.',
    hint: 'GET /api/sessions lists the keys; sending a message creates a web chat.',
  },
  EXISTS: {
    kind: 'user',
    summary: 'A fork was asked for under a session key that is taken.',
    hint: 'Choose another target_session_key, or send "overwrite": true to replace that chat.',
  },
  INVALID_KEY: {
    kind: 'user',
    summary: 'A session key cannot be used for what was asked.',
  },
  READ_ONLY: {
    kind: 'user',
    summary: 'The chat belongs to another channel and can only be read here.',
    hint: 'Write in the channel the chat comes from.',
  },
});

/** `MC_SESSION_NOT_FOUND`. */
export function sessionNotFound(cause?: unknown): MicroclawError {
  return sessionErrors.create('NOT_FOUND', 'session not found', { cause });
}
