/** Error codes of memory. */
import { defineErrors } from '../core/errors.ts';

export const memoryErrors = defineErrors('MEMORY', {
  TOO_LARGE: {
    kind: 'user',
    summary: 'A write would make a memory file larger than allowed.',
    hint: 'Read the memory, condense it, and write the shorter text with mode replace.',
  },
});
