import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseHookAnswer } from './hook-answer.ts';

describe('the output of a hook', () => {
  test.each([
    ['nothing', '', { kind: 'allow' }],
    ['blanks', ' \n', { kind: 'allow' }],
    ['allow', '{"action":"allow"}', { kind: 'allow' }],
    ['an object without an action', '{"note":1}', { kind: 'allow' }],
    ['an unknown action', '{"action":"explode","reason":"x"}', { kind: 'allow' }],
    ['a block', '{"action":"block","reason":" no "}', { kind: 'block', reason: 'no' }],
    ['a block without a reason', '{"action":"block"}', { kind: 'block', reason: '' }],
    ['a patch', '{"action":"modify","patch":{"a":1}}', { kind: 'modify', patch: { a: 1 } }],
    ['noise before', 'noise {"action":"block","reason":"no"}', { kind: 'block', reason: 'no' }],
    [
      'noise around',
      'Loading {x}\n{"level":"info"}\n{"action":"block","reason":"a } and \\" in it"}\nbye }',
      { kind: 'block', reason: 'a } and " in it' },
    ],
    ['an open quote before', 'say "hi {"action":"block","reason":"r"}', { kind: 'block', reason: 'r' }],
    [
      'a nested patch',
      'x {"action":"modify","patch":{"a":{"b":"}"}}}',
      { kind: 'modify', patch: { a: { b: '}' } } },
    ],
  ])('%s', (_case, stdout, answer) => {
    expect(parseHookAnswer(stdout)).toEqual(answer);
  });

  test.each([
    ['half an object', '{"action":"blo'],
    ['text', 'all good'],
    ['a number', '42'],
    ['a list', '[{"note":1}]'],
    ['a patch that is no object', '{"action":"modify","patch":"x"}'],
    ['objects that say nothing', 'log {"a":1} {"b":2}'],
  ])('%s is not an answer', (_case, stdout) => {
    expect(parseHookAnswer(stdout)).toBeUndefined();
  });

  test('a block is found whatever text without braces stands around it', () => {
    const noise = fc.string().map((text) => text.replaceAll(/[{}]/g, ''));
    fc.assert(
      fc.property(noise, noise, fc.string(), (before, after, reason) => {
        const answer = parseHookAnswer(`${before}${JSON.stringify({ action: 'block', reason })}${after}`);
        expect(answer).toEqual({ kind: 'block', reason: reason.trim() });
      }),
    );
  });

  test('output full of opening braces is given up on', () => {
    expect(parseHookAnswer('{"'.repeat(1_000_000))).toBeUndefined();
    expect(parseHookAnswer('{"":'.repeat(400_000))).toBeUndefined();
  });
});
