import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { configuredTimeoutSecs, effectiveTimeoutSecs, resolveToolLimits, type ToolLimits } from './limits.ts';
import { createToolRegistry } from './registry.ts';
import { defineTool, type Tool } from './tool.ts';

const bash: Tool = defineTool({
  name: 'bash',
  description: 'Run',
  input: z.object({ command: z.string(), timeout_secs: z.number().int().optional() }),
  risk: 'high',
  concurrency: 'exclusive',
  defaultTimeoutSecs: 120,
  acceptsTimeout: true,
  summarize: () => '',
  run: async () => ({ content: '' }),
});

const limits = (overrides: Partial<ToolLimits> = {}) => resolveToolLimits(overrides);

describe('the time limit of a call', () => {
  test('is the tool’s own without configuration, else the default, else the override, else the input', () => {
    expect(effectiveTimeoutSecs(bash, undefined, limits())).toBe(120);
    expect(effectiveTimeoutSecs(bash, undefined, limits({ defaultToolTimeoutSecs: 30 }))).toBe(30);
    const overridden = limits({
      defaultToolTimeoutSecs: 30,
      toolTimeoutOverrides: { ' Bash ': 2, browser: 0 },
    });
    expect(effectiveTimeoutSecs(bash, undefined, overridden)).toBe(2);
    expect(effectiveTimeoutSecs(bash, 5, overridden)).toBe(5);
    expect(configuredTimeoutSecs({ ...bash, name: 'browser' }, overridden)).toBe(30);
    expect(configuredTimeoutSecs(bash, limits({ defaultToolTimeoutSecs: 0 }))).toBe(120);
  });

  test.each(['5', 5.5, -1, null, true, Number.NaN, {}])('%j in the input does not count', (value) => {
    expect(effectiveTimeoutSecs(bash, value, limits())).toBe(120);
  });

  test('is clamped, up to what the operator allows the tool', () => {
    expect(effectiveTimeoutSecs(bash, 0, limits())).toBe(1);
    expect(effectiveTimeoutSecs(bash, 100_000, limits())).toBe(600);
    expect(effectiveTimeoutSecs(bash, 100_000, limits({ toolTimeoutOverrides: { bash: 900 } }))).toBe(900);
  });

  test('ignores the input of a tool that takes none', () => {
    expect(effectiveTimeoutSecs({ ...bash, acceptsTimeout: false }, 5, limits())).toBe(120);
  });

  test('bounds that make no sense are refused', () => {
    expect(() => limits({ parallelToolMaxConcurrency: 0 })).toThrow(/parallelToolMaxConcurrency/);
    expect(() => limits({ maxToolTimeoutSecs: 1.5 })).toThrow(/maxToolTimeoutSecs/);
  });
});

describe('the registry', () => {
  test('refuses two tools of one name, whatever the case', () => {
    expect(() => createToolRegistry([bash, { ...bash, name: 'Bash' }])).toThrow(
      expect.objectContaining({ code: 'MC_TOOLS_DUPLICATE_NAME' }),
    );
  });

  test('describes input with nothing the model does not need', () => {
    expect(createToolRegistry([bash]).definitions('all')).toEqual([
      {
        name: 'bash',
        description: 'Run',
        inputSchema: {
          type: 'object',
          properties: { command: { type: 'string' }, timeout_secs: { type: 'integer' } },
          required: ['command'],
        },
      },
    ]);
  });

  test('keeps properties that are called like schema words, and bounds that mean something', () => {
    const input = z.object({
      additionalProperties: z.string(),
      minimum: z.number().min(3),
      nested: z.object({ $schema: z.string() }),
    });
    expect(createToolRegistry([{ ...bash, input }]).definitions('all')[0]?.inputSchema.properties).toEqual({
      additionalProperties: { type: 'string' },
      minimum: { type: 'number', minimum: 3 },
      nested: { type: 'object', properties: { $schema: { type: 'string' } }, required: ['$schema'] },
    });
  });
});
