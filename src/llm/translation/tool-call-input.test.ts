import { describe, expect, it } from 'vitest';
import { parseToolInput, ToolCallIds, toToolUseBlock } from './tool-call-input.ts';

describe('parseToolInput', () => {
  it.each([
    ['an object', { a: 1 }, { a: 1 }],
    ['JSON text', ' {"a":[1,{"b":null}]} ', { a: [1, { b: null }] }],
    ['text encoded twice', '"{\\"a\\":1}"', { a: 1 }],
    ['nothing', '', {}],
    ['no value at all', undefined, {}],
  ])('reads %s', (_name, raw, input) => {
    expect(parseToolInput(raw, false)).toEqual({ kind: 'valid', input });
  });

  it.each(['{"a":', '[1]', '7', 'null', '"text"', '{"a":1} extra', "{'a':1}"])('refuses %s', (raw) => {
    expect(parseToolInput(raw, false)).toMatchObject({ kind: 'invalid' });
  });

  it('refuses what is nested so deeply that nothing could handle it, as text and as an object', () => {
    const text = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
    const refused = { kind: 'invalid', reason: expect.stringContaining('nested too deeply') };
    expect(parseToolInput(text, false)).toEqual(refused);
    expect(parseToolInput(JSON.parse(text), false)).toEqual(refused);
    expect(parseToolInput(`${'{"a":'.repeat(100)}1${'}'.repeat(100)}`, false).kind).toBe('valid');
  });

  it('blames the output limit for a call that it cut, even an empty one', () => {
    for (const raw of ['', '{"a":']) {
      expect(parseToolInput(raw, true)).toEqual({
        kind: 'invalid',
        reason: expect.stringContaining('cut off by the output limit'),
      });
    }
    expect(parseToolInput('{"a":1}', true)).toEqual({ kind: 'valid', input: { a: 1 } });
  });
});

it('a block with unusable arguments says why and keeps the token of the provider', () => {
  expect(toToolUseBlock({ id: 'i', name: 'n', rawInput: '{', cut: false, thoughtSignature: 'sig' })).toEqual({
    type: 'tool_use',
    id: 'i',
    name: 'n',
    input: {},
    invalid_input: expect.any(String),
    thought_signature: 'sig',
  });
});

it('call ids are valid and unique within an answer', () => {
  let count = 0;
  const ids = new ToolCallIds({ uuid: () => `u${++count}`, rowId: () => 'r', hex: () => '' });
  expect(ids.claim('toolu_1-A')).toBe('toolu_1-A');
  expect(ids.claim('toolu_1-A')).toBe('call_u1');
  expect(ids.claim('functions.bash:0')).toBe('call_u2');
  expect(ids.claim(undefined)).toBe('call_u3');
  expect(ids.claim('x'.repeat(200))).toBe('call_u4');
});
