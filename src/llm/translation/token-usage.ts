/**
 * Token counts as providers report them, brought to one meaning: `inputTokens` includes cached ones.
 *
 * Invariant: counts of a stream may repeat or grow, so merging keeps the largest number and never adds.
 */
import { isRecord } from '../../core/json.ts';
import type { TokenUsage } from '../model-port.ts';

/** A count that may be a number or a numeric string; anything else counts as absent. */
function count(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) && number >= 0
    ? Math.round(number)
    : undefined;
}

function firstCount(...values: readonly unknown[]): number | undefined {
  for (const value of values) {
    const number = count(value);
    if (number !== undefined) return number;
  }
  return undefined;
}

function record(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

/** Usage of chat completions, Responses and their relatives; `undefined` when no count is there. */
export function openAiUsage(value: unknown): TokenUsage | undefined {
  if (!isRecord(value)) return undefined;
  const inputDetails = record(value.prompt_tokens_details ?? value.input_tokens_details);
  const input = firstCount(value.prompt_tokens, value.input_tokens);
  const output = firstCount(value.completion_tokens, value.output_tokens);
  if (input === undefined && output === undefined) return undefined;
  return {
    inputTokens: input ?? 0,
    outputTokens: output ?? 0,
    // DeepSeek reports the share of the prompt that was cached beside the total.
    cacheReadTokens: firstCount(inputDetails.cached_tokens, value.prompt_cache_hit_tokens) ?? 0,
    cacheWriteTokens: firstCount(inputDetails.cache_write_tokens) ?? 0,
  };
}

/** Usage of the Messages API, whose `input_tokens` leaves cached ones out. */
export function anthropicUsage(value: unknown): TokenUsage | undefined {
  if (!isRecord(value)) return undefined;
  const input = count(value.input_tokens);
  const output = count(value.output_tokens);
  const cacheRead = count(value.cache_read_input_tokens) ?? 0;
  const cacheWrite = count(value.cache_creation_input_tokens) ?? 0;
  if (input === undefined && output === undefined) return undefined;
  return {
    inputTokens: input === undefined ? 0 : input + cacheRead + cacheWrite,
    outputTokens: output ?? 0,
    cacheReadTokens: cacheRead,
    cacheWriteTokens: cacheWrite,
  };
}

/** The larger of each count. */
export function mergeUsage(
  known: TokenUsage | undefined,
  reported: TokenUsage | undefined,
): TokenUsage | undefined {
  if (known === undefined) return reported;
  if (reported === undefined) return known;
  return {
    inputTokens: Math.max(known.inputTokens, reported.inputTokens),
    outputTokens: Math.max(known.outputTokens, reported.outputTokens),
    cacheReadTokens: Math.max(known.cacheReadTokens, reported.cacheReadTokens),
    cacheWriteTokens: Math.max(known.cacheWriteTokens, reported.cacheWriteTokens),
  };
}
