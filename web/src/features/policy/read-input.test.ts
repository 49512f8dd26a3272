import { expect, it } from 'vitest';
import { readInput } from './read-input.ts';

it('an object is taken, and nothing leaves the input out', () => {
  expect(readInput('{"command":"ls"}')).toEqual({ kind: 'input', input: { command: 'ls' } });
  expect(readInput('  ')).toEqual({ kind: 'input', input: undefined });
});

it('what is no object is refused with what to write', () => {
  for (const text of ['ls', '["ls"]', '5', 'null', '{"command":']) {
    expect(readInput(text).kind).toBe('invalid');
  }
});
