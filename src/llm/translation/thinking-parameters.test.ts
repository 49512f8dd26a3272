import { expect, it } from 'vitest';
import { thinkingParameters } from './thinking-parameters.ts';

it.each([
  ['reasoning_effort', { reasoning_effort: 'high' }],
  ['openrouter', { reasoning: { effort: 'high' } }],
  ['deepseek', { thinking: { type: 'enabled' } }],
  [
    'google',
    { extra_body: { google: { thinking_config: { include_thoughts: true, thinking_budget: 16_384 } } } },
  ],
  ['alibaba', { enable_thinking: true, thinking_budget: 16_384 }],
  ['minimax', { reasoning_split: true }],
  ['none', {}],
] as const)('says a high level in the way of %s', (style, expected) => {
  expect(thinkingParameters(style, 'high')).toEqual(expected);
  expect(thinkingParameters(style, 'off')).toEqual({});
});
