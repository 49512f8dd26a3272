/** Schemas with a default that are made when a value is there to be read, not when the module is loaded. */
import { z } from 'zod';
import { lazy } from './lazy.ts';

/**
 * As `schema().default(value())`. Most settings are absent from most files: making the schema behind a default costs ten
 * times as much as the default, and answering with the default needs no schema. `value` gives a new array or object
 * each time.
 *
 * To be used in lazy objects: before a plain one reads its first value, zod looks through all of it for cycles.
 */
export function lazyDefault<Schema extends z.ZodType>(
  schema: () => Schema,
  value: () => z.core.util.NoUndefined<z.output<Schema>>,
): z.ZodDefault<Schema> {
  const made = lazy(schema);
  const withDefault: unknown = new z.ZodDefault({
    type: 'default',
    get innerType() {
      return made();
    },
    get defaultValue() {
      return value();
    },
  });
  // The constructor's type forgets the inner one, which is what the getter answers.
  return withDefault as z.ZodDefault<Schema>;
}
