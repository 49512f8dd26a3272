/** The JSON Schema of the configuration file, for editors and for the reference page. */
import { z } from 'zod';
import { configSchema } from './config.ts';

/** Draft 2020-12, of what may be written (before defaults are filled in). */
export function configJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any', reused: 'inline' });
  return {
    ...schema,
    title: 'microclaw.config.yaml',
  };
}
