import { describe, expect, it } from 'vitest';
import { anthropicUsage, mergeUsage, openAiUsage } from './token-usage.ts';

describe('openAiUsage', () => {
  it('reads chat completions, Responses, DeepSeek and numbers in quotes', () => {
    const chat = { prompt_tokens: 10, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 4 } };
    expect(openAiUsage(chat)).toMatchObject({ inputTokens: 10, outputTokens: 2, cacheReadTokens: 4 });
    const responses = { input_tokens: 10, output_tokens: 2, input_tokens_details: { cached_tokens: 4 } };
    expect(openAiUsage(responses)).toMatchObject({ inputTokens: 10, outputTokens: 2, cacheReadTokens: 4 });
    const deepseek = { prompt_tokens: '10', completion_tokens: '2', prompt_cache_hit_tokens: '4' };
    expect(openAiUsage(deepseek)).toMatchObject({ inputTokens: 10, outputTokens: 2, cacheReadTokens: 4 });
  });

  it.each([undefined, null, {}, 'x', { prompt_tokens: 'many' }, { prompt_tokens: -1 }])(
    'finds no usage in %j',
    (value) => {
      expect(openAiUsage(value)).toBeUndefined();
    },
  );
});

it('anthropicUsage adds the cached tokens that the API leaves out', () => {
  expect(
    anthropicUsage({
      input_tokens: 10,
      cache_read_input_tokens: 100,
      cache_creation_input_tokens: 5,
      output_tokens: 3,
    }),
  ).toEqual({ inputTokens: 115, outputTokens: 3, cacheReadTokens: 100, cacheWriteTokens: 5 });
});

it('mergeUsage keeps the largest count instead of adding', () => {
  const usage = (inputTokens: number, outputTokens: number) => ({
    inputTokens,
    outputTokens,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
  });
  const merged = [usage(10, 1), usage(20, 5), usage(20, 5)].reduce<ReturnType<typeof mergeUsage>>(
    (known, next) => mergeUsage(known, next),
    undefined,
  );
  expect(merged).toEqual(usage(20, 5));
  expect(mergeUsage(usage(1, 1), undefined)).toEqual(usage(1, 1));
});
