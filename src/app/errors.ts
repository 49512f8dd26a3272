/** Error codes of starting and stopping the program. */
import { defineErrors } from '../core/errors.ts';

export const appErrors = defineErrors('APP', {
  UNSAFE_BIND: {
    kind: 'config',
    summary: 'The server was to listen beyond this machine while nobody has to sign in yet.',
    hint: 'Set a password first (`microclaw web password-generate`), or set web_host to 127.0.0.1.',
  },
});
