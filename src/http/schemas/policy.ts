/** Shapes of the policy route. */
import { z } from 'zod';
import { lazy } from '../../core/lazy.ts';
import { lazyObject } from '../../core/lazy-object.ts';
import { okObject } from './json-body.ts';

export const policyQuestionSchema = lazyObject(() => ({
  tool: z.string().min(1).max(200),
  session_key: z.string().max(200).optional().describe('`main` when absent.'),
  chat_id: z.int().optional().describe('Instead of `session_key`.'),
  principal: z.string().min(1).max(200).optional().describe('`main` when absent.'),
  input: z.unknown().optional().describe('An object; absent: only what does not depend on it is judged.'),
  tainted: z.boolean().optional().describe('As if the turn had read text of strangers.'),
}));

const policyDecision = lazy(() => z.enum(['allow', 'warn', 'ask', 'block']));

export const policyExplanationSchema = okObject(() => ({
  tool: z.string(),
  session_key: z.string(),
  principal: z.string(),
  /** `block` never runs, `ask` runs when a person approves, `warn` runs and is audited. */
  decision: policyDecision(),
  /** In the order of the executor; only those that apply. */
  steps: z.array(
    z.object({
      step: z.enum([
        'chat_access',
        'plan_mode',
        'tool_policy',
        'grants',
        'egress',
        'path',
        'command',
        'high_risk',
        'dangerous_pattern',
        'taint',
      ]),
      decision: policyDecision(),
      rule: z.string(),
      reason: z.string(),
      how_to_change: z.string(),
    }),
  ),
  notes: z.array(z.string()),
}));

export type PolicyQuestionBody = z.infer<typeof policyQuestionSchema>;
export type PolicyExplanationBody = z.infer<typeof policyExplanationSchema>;
