/**
 * Cost of an answer in integer micro-dollars. One dollar per million tokens is one micro-dollar per token, so the
 * price of a token in micro-dollars is the configured number itself.
 */
import type { TokenUsage } from './model-port.ts';

/** A row of `model_prices`. Prices are dollars per million tokens, finite and not negative. */
export interface ModelPrice {
  /** Model id, compared without case; `*` applies to every model without a row of its own. */
  readonly model: string;
  readonly inputPerMillionUsd: number;
  readonly outputPerMillionUsd: number;
  readonly cacheReadPerMillionUsd?: number;
  readonly cacheWritePerMillionUsd?: number;
}

/** Price of cached tokens as a share of the input price, for prices that do not state it. */
interface CacheRates {
  readonly read: number;
  readonly write: number;
}

/**
 * Published ratios by provider id. Anthropic: reads 10 %, five-minute writes 125 %, one-hour writes 200 % of the
 * input price. OpenAI: reads 50 %, writes cost what input costs. Everyone else: no discount is assumed.
 */
const CACHE_RATES = {
  anthropic: { read: 0.1, write: 1.25 },
  anthropicOneHour: { read: 0.1, write: 2 },
  openai: { read: 0.5, write: 1 },
  none: { read: 1, write: 1 },
} as const satisfies Record<string, CacheRates>;

function cacheRates(providerId: string, cacheTtl: '5m' | '1h'): CacheRates {
  if (providerId === 'anthropic') {
    return cacheTtl === '1h' ? CACHE_RATES.anthropicOneHour : CACHE_RATES.anthropic;
  }
  if (providerId === 'openai' || providerId === 'azure') return CACHE_RATES.openai;
  return CACHE_RATES.none;
}

/** The row for a model: exact match without case, then `*`. */
export function findPrice(prices: readonly ModelPrice[], model: string): ModelPrice | undefined {
  const wanted = model.toLowerCase();
  return (
    prices.find((price) => price.model.toLowerCase() === wanted) ??
    prices.find((price) => price.model.trim() === '*')
  );
}

export interface CostQuestion {
  readonly usage: TokenUsage;
  readonly model: string;
  /** Catalog id of the provider that answered. */
  readonly providerId: string;
  readonly cacheTtl: '5m' | '1h';
}

/** Micro-dollars, rounded half up to an integer; `undefined` when no price applies. */
export function costMicroUsd(prices: readonly ModelPrice[], question: CostQuestion): number | undefined {
  const price = findPrice(prices, question.model);
  if (price === undefined) return undefined;
  const { usage } = question;
  const rates = cacheRates(question.providerId, question.cacheTtl);
  const cacheRead = price.cacheReadPerMillionUsd ?? price.inputPerMillionUsd * rates.read;
  const cacheWrite = price.cacheWritePerMillionUsd ?? price.inputPerMillionUsd * rates.write;
  const uncached = Math.max(0, usage.inputTokens - usage.cacheReadTokens - usage.cacheWriteTokens);
  return Math.round(
    uncached * price.inputPerMillionUsd +
      usage.cacheReadTokens * cacheRead +
      usage.cacheWriteTokens * cacheWrite +
      usage.outputTokens * price.outputPerMillionUsd,
  );
}
