import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { JsonObject } from '../../core/json.ts';
import { defineTool, type Tool } from '../tool.ts';
import { validateInput } from './validate-input.ts';

function toolNamed(name: string): Tool {
  return defineTool({
    name,
    description: '',
    input: z.object({
      path: z.string(),
      count: z.number().int().min(1).max(10).optional(),
      deep: z.boolean().optional(),
      todos: z.array(z.object({ task: z.string(), status: z.enum(['pending', 'done']) })).optional(),
    }),
    risk: 'low',
    concurrency: 'read_only',
    defaultTimeoutSecs: 30,
    summarize: () => '',
    run: async () => ({ content: '' }),
  });
}

function validate(input: JsonObject, name = 'read_file') {
  const result = validateInput(toolNamed(name), input);
  return result.kind === 'valid' ? result.input : result.message;
}

describe('input', () => {
  test('that fits passes without its unknown properties', () => {
    expect(validate({ path: 'a', other: 1 })).toEqual({ path: 'a' });
  });

  test('with obvious slips is corrected, deep inside too', () => {
    const input = { path: 5, count: '7', deep: 'True', todos: '[{"task":1,"status":"done"}]' };
    expect(validate(input)).toMatchObject({ path: '5', count: 7, deep: true });
    expect(validate({ path: 'a', todos: [{ task: 1, status: 'done' }] })).toEqual({
      path: 'a',
      todos: [{ task: '1', status: 'done' }],
    });
    expect(validate({ path: 'a', count: null, deep: null })).toEqual({ path: 'a' });
  });

  test('is never changed in place', () => {
    const input = { path: 5 };
    validate(input);
    expect(input).toEqual({ path: 5 });
  });

  test('without a required property is answered in the tool’s form', () => {
    expect(validate({})).toBe("Missing 'path' parameter");
    expect(validate({ path: null }, 'bash')).toBe("Missing 'path' parameter");
    expect(validate({}, 'write_memory')).toBe("Missing 'path' parameter");
    expect(validate({}, 'web_fetch')).toBe('Missing required parameter: path');
    expect(validate({ path: 'a', todos: [{ status: 'done' }] })).toBe("Missing 'todos[0].task' parameter");
  });

  test.each([
    [{ path: ['a'] }, /^Invalid 'path' parameter: expected string/],
    [{ path: 'a', count: 'many' }, /^Invalid 'count' parameter: expected number/],
    [{ path: 'a', count: 1.5 }, /^Invalid 'count' parameter: /],
    [{ path: 'a', count: 11 }, /^Invalid 'count' parameter: too big/],
    [{ path: 'a', deep: 'perhaps' }, /^Invalid 'deep' parameter: /],
    [{ path: 'a', todos: [{ task: 'x', status: 'someday' }] }, /^Invalid 'todos\[0\]\.status' parameter: /],
  ])('%j names the property', (input, expected) => {
    expect(validate(input)).toMatch(expected);
  });

  test('keys that look like the language’s own do no harm', () => {
    const input = JSON.parse('{"path":"a","__proto__":{"polluted":true},"constructor":"x"}');
    expect(validate(input)).toEqual({ path: 'a' });
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});
