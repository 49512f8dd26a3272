/**
 * Shapes that many routes share. Those of single values are functions, so that a value's schema is made when needed.
 */
import { z } from 'zod';
import { lazy } from '../../core/lazy.ts';
import { lazyObject } from '../../core/lazy-object.ts';

/** Names a conversation: `main`, `chat:<id>`, or any title of a web chat. Blank means `main`. */
export const sessionKeySchema = lazy(() =>
  z
    .string()
    .max(512)
    .nullish()
    .describe('Session key: `main` when absent, `chat:<id>` for a chat of any channel.'),
);

/** Every successful answer has `ok: true`. */
export const okSchema = lazyObject(() => ({ ok: z.literal(true) }));

/** A successful answer with further keys. */
export function okObject<Shape extends z.ZodRawShape>(shape: () => Shape) {
  return lazyObject(() => ({ ...okSchema.shape, ...shape() }));
}

/** Every failed answer. `error` is the stable text, `code` the stable code. */
export const errorSchema = lazyObject(() => ({
  ok: z.literal(false),
  error: z.string(),
  code: z.string(),
  hint: z.string().nullable(),
}));

/** An integer in the query string. Anything else is a 400. */
export const queryIntSchema = lazy(() =>
  z
    .string()
    .regex(/^-?\d{1,15}$/, 'must be an integer')
    .transform(Number),
);
