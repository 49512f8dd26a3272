/** Failures of hook commands that an operator sees. A failing hook is never one of them: it is an audit row. */
import { defineErrors } from '../core/errors.ts';

export const hookErrors = defineErrors('HOOKS', {
  NOT_FOUND: {
    kind: 'user',
    summary: 'No hook has the given name.',
    hint: '`microclaw hooks list` shows the hooks of the data directory and of `./hooks`.',
  },
  BAD_STATE_FILE: {
    kind: 'config',
    summary: 'hooks_state.json is not an object of names and true or false, so it cannot be changed.',
    hint: 'Correct the file by hand, or delete it: every hook then has the state its HOOK.md says.',
  },
});
