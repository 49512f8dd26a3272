/** Object schemas whose keys are made when a value is first looked at, not when the module is loaded. */
import { z } from 'zod';
import { lazy } from './lazy.ts';

/**
 * As `z.object(shape())`. A schema for every key is what loading a module full of shapes spends its time on, and most
 * shapes are not needed by a start.
 */
export function lazyObject<Shape extends z.ZodRawShape>(shape: () => Shape): z.ZodObject<Shape> {
  // The constructor's type forgets the shape, which is what the getter answers.
  return new z.ZodObject(definition(shape)) as unknown as z.ZodObject<Shape>;
}

/** As `z.strictObject(shape())`, likewise: a key that is not in the shape is an issue. */
export function lazyStrictObject<Shape extends z.ZodRawShape>(
  shape: () => Shape,
): z.ZodObject<Shape, z.core.$strict> {
  const schema = new z.ZodObject(Object.assign(definition(shape), { catchall: nothing() }));
  return schema as unknown as z.ZodObject<Shape, z.core.$strict>;
}

const nothing = lazy(() => z.never());

function definition(shape: () => z.ZodRawShape) {
  const made = lazy(shape);
  return {
    type: 'object' as const,
    get shape() {
      return made();
    },
  };
}
