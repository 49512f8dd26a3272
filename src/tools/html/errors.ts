/** Failures of turning a page into text. */
import { defineErrors } from '../../core/errors.ts';

export const htmlErrors = defineErrors('HTML', {
  TOO_SLOW: {
    kind: 'permanent',
    summary: 'A page took longer to convert than allowed; the thread that converted it was ended.',
    hint: 'Try another page of the same content, such as a plain text or print version.',
  },
  FAILED: {
    kind: 'permanent',
    summary: 'A page could not be converted, for instance because it needs more memory than allowed.',
    hint: 'Try another page of the same content, such as a plain text or print version.',
  },
  CLOSED: {
    kind: 'transient',
    summary: 'The converter was closed because the program is stopping.',
    hint: 'Ask again after the restart.',
  },
});
