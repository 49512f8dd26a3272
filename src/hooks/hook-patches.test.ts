import { describe, expect, test } from 'vitest';
import { applyPatch } from './hook-patches.ts';

describe('a patch', () => {
  test('changes the system prompt before a model request, and nothing else', () => {
    const payload = { system_prompt: 'a', iteration: 1 };
    expect(applyPatch('BeforeLLMCall', payload, { system_prompt: 'b', iteration: 9 })).toEqual({
      kind: 'patched',
      payload: { system_prompt: 'b', iteration: 1 },
      keys: ['system_prompt'],
    });
  });

  test('changes the four honoured fields of a result', () => {
    const result = { content: 'a', is_error: true, error_type: 'timeout', status_code: 1, bytes: 1 };
    const patch = { content: 'b', is_error: false, error_type: null, status_code: 0, bytes: 99 };
    expect(applyPatch('AfterToolCall', { tool_name: 't', result }, patch)).toMatchObject({
      payload: { tool_name: 't', result: { ...patch, bytes: 1 } },
    });
  });

  test('with one value of the wrong type changes nothing', () => {
    const patch = { content: 'b', is_error: 'yes' };
    expect(applyPatch('AfterToolCall', { result: {} }, patch)).toEqual({
      kind: 'unusable',
      reason: 'patch.is_error has the wrong type',
    });
    expect(applyPatch('AfterToolCall', { result: {} }, { status_code: 1.5 }).kind).toBe('unusable');
    expect(applyPatch('BeforeLLMCall', {}, { system_prompt: null }).kind).toBe('unusable');
    expect(applyPatch('BeforeToolCall', {}, { tool_input: ['ls'] }).kind).toBe('unusable');
  });

  test('changes nothing after a turn', () => {
    expect(applyPatch('AfterTurn', { iterations: 1 }, { iterations: 2 })).toMatchObject({
      payload: { iterations: 1 },
      keys: [],
    });
  });
});
