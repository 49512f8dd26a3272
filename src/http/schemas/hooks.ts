/** Shapes of the routes that show and switch hooks. */
import { z } from 'zod';
import { lazyObject } from '../../core/lazy-object.ts';
import { HOOK_EVENTS } from '../../hooks/hook-definition.ts';
import { okObject } from './json-body.ts';

const hookSchema = lazyObject(() => ({
  name: z.string(),
  description: z.string(),
  events: z.array(z.enum(HOOK_EVENTS)),
  command: z.string(),
  timeout_ms: z.int(),
  /** Lower runs first. */
  priority: z.int(),
  /** The state in force: what was switched, else what the HOOK.md says. */
  enabled: z.boolean(),
  path: z.string(),
}));

export const hooksSchema = okObject(() => ({
  /** In the order they run. */
  hooks: z.array(hookSchema),
  /** What cannot be used, and why. */
  problems: z.array(z.object({ path: z.string(), reason: z.string() })),
}));

export const hookParamsSchema = lazyObject(() => ({ name: z.string().min(1).max(200) }));

export const switchedHookSchema = okObject(() => ({ name: z.string(), enabled: z.boolean() }));

export type HookBody = z.infer<typeof hookSchema>;
export type HooksPage = z.infer<typeof hooksSchema>;
