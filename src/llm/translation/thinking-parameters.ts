/** How a thinking level is written for each family of OpenAI-compatible providers. */
import type { JsonObject } from '../../core/json.ts';
import type { ThinkingStyle } from '../catalog.ts';
import type { ThinkingLevel } from '../model-port.ts';

/** Tokens a level allows for reasoning, where a provider counts them. */
export const THINKING_BUDGET_TOKENS = { low: 2048, medium: 8192, high: 16_384 } as const satisfies Record<
  Exclude<ThinkingLevel, 'off'>,
  number
>;

/** Body parameters for a level; `off` sends nothing, so that models without the feature are not bothered. */
export function thinkingParameters(style: ThinkingStyle, level: ThinkingLevel): JsonObject {
  if (level === 'off') return {};
  switch (style) {
    case 'reasoning_effort':
      return { reasoning_effort: level };
    case 'openrouter':
      return { reasoning: { effort: level } };
    case 'deepseek':
      return { thinking: { type: 'enabled' } };
    case 'google':
      return {
        extra_body: {
          google: {
            thinking_config: { include_thoughts: true, thinking_budget: THINKING_BUDGET_TOKENS[level] },
          },
        },
      };
    case 'alibaba':
      return { enable_thinking: true, thinking_budget: THINKING_BUDGET_TOKENS[level] };
    case 'minimax':
      return { reasoning_split: true };
    case 'none':
      return {};
    default:
      style satisfies never;
      return {};
  }
}
