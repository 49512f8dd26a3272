import { expect, it } from 'vitest';
import { costMicroUsd, findPrice } from './usage-cost.ts';

const PRICES = [
  { model: 'Claude-X', inputPerMillionUsd: 3, outputPerMillionUsd: 15 },
  { model: '*', inputPerMillionUsd: 1, outputPerMillionUsd: 2 },
];
const USAGE = { inputTokens: 1000, outputTokens: 100, cacheReadTokens: 600, cacheWriteTokens: 200 };
const question = { usage: USAGE, model: 'claude-x', providerId: 'anthropic', cacheTtl: '5m' } as const;

it('finds a price without regard to case and falls back to the star', () => {
  expect(findPrice(PRICES, 'CLAUDE-x')?.inputPerMillionUsd).toBe(3);
  expect(findPrice(PRICES, 'other')?.inputPerMillionUsd).toBe(1);
  expect(findPrice([PRICES[0]!], 'other')).toBeUndefined();
});

it('prices cached tokens by the published ratios of the provider', () => {
  // 200 plain, 600 read at 10 %, 200 written at 125 %, 100 out.
  expect(costMicroUsd(PRICES, question)).toBe(200 * 3 + 600 * 0.3 + 200 * 3.75 + 100 * 15);
  expect(costMicroUsd(PRICES, { ...question, cacheTtl: '1h' })).toBe(200 * 3 + 600 * 0.3 + 200 * 6 + 1500);
  expect(costMicroUsd(PRICES, { ...question, providerId: 'openai' })).toBe(
    200 * 3 + 600 * 1.5 + 200 * 3 + 1500,
  );
  expect(costMicroUsd(PRICES, { ...question, providerId: 'groq' })).toBe(1000 * 3 + 1500);
});

it('lets explicit cache prices win', () => {
  const prices = [{ ...PRICES[0]!, cacheReadPerMillionUsd: 0, cacheWritePerMillionUsd: 1 }];
  expect(costMicroUsd(prices, question)).toBe(200 * 3 + 200 + 1500);
});

it('is an integer, and absent without a price', () => {
  const prices = [{ model: '*', inputPerMillionUsd: 0.15, outputPerMillionUsd: 0.6 }];
  expect(costMicroUsd(prices, { ...question, usage: { ...USAGE, inputTokens: 1003 } })).toSatisfy(
    Number.isInteger,
  );
  expect(costMicroUsd([], question)).toBeUndefined();
});
