/** Object schemas whose keys are made when a value is first looked at, not when the module is loaded. */
import { z } from 'zod';
import { lazy } from './lazy.ts';

/**
 * As `z.object(shape())`. A schema for every key is what loading a module full of shapes spends its time on, and most
 * shapes are not needed by a start.
 */
export function lazyObject<Shape extends z.ZodRawShape>(shape: () => Shape): z.ZodObject<Shape> {
  const made = lazy(shape);
  const schema: unknown = new z.ZodObject({
    type: 'object',
    get shape() {
      return made();
    },
  });
  // The constructor's type forgets the shape, which is what the getter answers.
  return schema as z.ZodObject<Shape>;
}

/** As `z.strictObject(shape())`, likewise: a key that is not in the shape is an issue. */
export function lazyStrictObject<Shape extends z.ZodRawShape>(shape: () => Shape) {
  return lazyObject(shape).strict();
}
