import { expect, it } from 'vitest';
import { cliErrors } from './errors.ts';
import { reportError } from './report-error.ts';

it.each([
  cliErrors.create('CONTROL_REFUSED', 'no chat \u001b]0;owned\u0007 here'),
  new Error('no chat \u001b]0;owned\u0007 here'),
])('a message that repeats what strangers wrote does not steer the terminal: %s', (error) => {
  const lines: string[] = [];
  reportError({ env: {}, err: (text) => lines.push(text) }, error);
  const shown = lines.join('');
  expect(shown).toContain('Error: ');
  expect(shown).toContain('no chat \uFFFD]0;owned\uFFFD here');
});
