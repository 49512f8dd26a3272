import { expect, it } from 'vitest';
import { DEFAULT_LLM_OPTIONS } from '../llm-options.ts';
import { applyBodyOverrides, effectiveBodyOverrides } from './body-overrides.ts';

it('the narrowest override wins, by the model that really answers', () => {
  const options = {
    ...DEFAULT_LLM_OPTIONS,
    bodyOverrides: { temperature: 0, top_p: 1 },
    bodyOverridesByProvider: { groq: { temperature: 0.5 } },
    bodyOverridesByModel: { 'm-1': { temperature: 1 } },
  };
  expect(effectiveBodyOverrides(options, 'groq', 'm-1')).toEqual({ temperature: 1, top_p: 1 });
  expect(effectiveBodyOverrides(options, 'groq', 'm-2')).toEqual({ temperature: 0.5, top_p: 1 });
  expect(effectiveBodyOverrides(options, 'xai', 'constructor')).toEqual({ temperature: 0, top_p: 1 });
});

it('null removes a key and blank keys are ignored', () => {
  expect(applyBodyOverrides({ a: 1, b: 2 }, { a: null, ' ': 3, c: { d: 4 } })).toEqual({ b: 2, c: { d: 4 } });
});
