/** Shapes of the routes that tell about the runtime itself. */
import { z } from 'zod';
import { lazyObject } from '../../core/lazy-object.ts';
import { okObject } from './json-body.ts';

export const runtimeSchema = okObject(() => ({
  version: z.string(),
  uptime_seconds: z.int(),
  model: z.object({
    provider: z.string(),
    model: z.string(),
    /** The built-in interpreter answers, which is not a language model. */
    offline: z.boolean(),
  }),
}));

export const toolSchema = lazyObject(() => ({
  name: z.string(),
  description: z.string(),
  risk: z.enum(['low', 'medium', 'high']),
  concurrency: z.enum(['read_only', 'side_effect', 'exclusive']),
  timeout_secs: z.number(),
  /** Where the limit comes from: `tool_timeout_overrides`, `default_tool_timeout_secs`, or the tool itself. */
  timeout_source: z.enum(['override', 'default', 'builtin']),
}));

export const toolsSchema = okObject(() => ({ tools: z.array(toolSchema) }));

export type ToolsPage = z.infer<typeof toolsSchema>;
export type RuntimeInfo = z.infer<typeof runtimeSchema>;
