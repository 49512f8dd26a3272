/** `calculate`: exact arithmetic for the model. */
import { z } from 'zod';
import { lazyObject } from '../../core/lazy-object.ts';
import { evaluate, formatNumber } from '../calculator/evaluate.ts';
import { defineTool, type Tool } from '../tool.ts';

export function createCalculateTool(): Tool {
  return defineTool({
    name: 'calculate',
    description: 'Evaluate arithmetic: + - * / %, parentheses, decimals.',
    input: lazyObject(() => ({ expression: z.string() })),
    risk: 'low',
    concurrency: 'read_only',
    defaultTimeoutSecs: 30,
    idempotent: true,
    summarize: ({ expression }) => expression,
    async run({ expression }) {
      const result = evaluate(expression);
      if (result.kind === 'value') return { content: formatNumber(result.value) };
      return { content: `Invalid expression: ${result.reason}`, isError: true, errorType: 'tool_error' };
    },
  });
}
