/** Tells the model that it plans. */
import type { PromptSection } from '../prompt/prompt-section.ts';
import { PLAN_SECTION } from './plan-texts.ts';

export function planSection(): PromptSection {
  return {
    name: 'plan-mode',
    // The set of tools changes with the mode, so the prefix does too; within the mode both stay the same.
    placement: 'stable',
    render: async ({ isPlanning }) => (isPlanning ? PLAN_SECTION : undefined),
  };
}
