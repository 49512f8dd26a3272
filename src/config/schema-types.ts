/**
 * The building blocks of the section files: each takes the documentation of the key first, because the reference page
 * and the JSON Schema are generated from it.
 *
 * Rules that hold for every key: texts are trimmed; an empty optional text is the same as an absent key; a number has
 * bounds.
 */
import { z } from 'zod';

/** What a key may carry besides its type; read by the secret resolver and the page generator. */
export interface KeyNotes {
  /** The value is a credential: it may be a reference (`env:NAME`, `${NAME}`, `file:/path`) and is never shown. */
  readonly secret?: true;
  /** Shown as the default when the real one depends on the machine. */
  readonly defaultText?: string;
}

/** A group of keys with a heading on the reference page. */
export interface ConfigSection<Shape extends z.ZodRawShape> {
  readonly title: string;
  readonly introduction: string;
  readonly keys: Shape;
}

/** Declares a section; keys are top-level keys of the file. */
export function section<Shape extends z.ZodRawShape>(
  title: string,
  introduction: string,
  keys: Shape,
): ConfigSection<Shape> {
  return { title, introduction, keys };
}

/** A text that may be absent; empty means absent. */
export function optionalText(description: string, notes: KeyNotes = {}) {
  return z
    .string()
    .trim()
    .transform((value) => (value === '' ? undefined : value))
    .optional()
    .meta({ description, ...notes });
}

/** A text with a default; empty stays empty. */
export function text(description: string, defaultValue: string, notes: KeyNotes = {}) {
  return z
    .string()
    .trim()
    .default(defaultValue)
    .meta({ description, ...notes });
}

/** A credential that may be absent. */
export function optionalSecret(description: string) {
  return optionalText(description, { secret: true });
}

/** A list of credentials. */
export function secretList(description: string) {
  return z
    .array(z.string().trim().meta({ secret: true }))
    .transform((values) => values.filter((value) => value !== ''))
    .default([])
    .meta({ description });
}

/** A list of texts; blank items are dropped. */
export function textList(description: string, defaultValue: readonly string[] = []) {
  return z
    .array(z.string().trim())
    .transform((values) => values.filter((value) => value !== ''))
    .default([...defaultValue])
    .meta({ description });
}

/** `true` or `false`. */
export function flag(description: string, defaultValue: boolean) {
  return z.boolean().default(defaultValue).meta({ description });
}

/** Bounds of a number, both inclusive. */
export interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

const LARGEST = 1_000_000_000;

/** A whole number where 0 has a meaning of its own or is out of bounds. */
export function count(description: string, defaultValue: number, { min = 0, max = LARGEST }: Bounds = {}) {
  return z.int().min(min).max(max).default(defaultValue).meta({ description });
}

/** A whole number where 0 means the default. */
export function countOrDefault(description: string, defaultValue: number, { max = LARGEST }: Bounds = {}) {
  return z
    .int()
    .min(0)
    .max(max)
    .transform((value) => (value === 0 ? defaultValue : value))
    .default(defaultValue)
    .meta({ description: `${description} 0 means the default.` });
}

/** A whole number that may be absent; 0 means absent. */
export function optionalCount(description: string, { max = LARGEST }: Bounds = {}) {
  return z
    .int()
    .min(0)
    .max(max)
    .transform((value) => (value === 0 ? undefined : value))
    .optional()
    .meta({ description });
}

/** A whole number that is silently moved into its bounds, as the reference does for some limits. */
export function clampedCount(description: string, defaultValue: number, { min = 0, max = LARGEST }: Bounds) {
  return z
    .int()
    .transform((value) => Math.min(Math.max(value, min), max))
    .default(defaultValue)
    .meta({ description: `${description} Values outside ${min}–${max} are moved into that range.` });
}

/** One of a few words. */
export function choice<const Value extends string>(
  description: string,
  values: readonly Value[],
  defaultValue: NoInfer<Value>,
) {
  // The default is one of the values, which `NoInfer` checks where this is called; zod's overloads cannot see that.
  const schema = z.enum(values).default(defaultValue as never);
  return schema.meta({ description });
}

/** A block of keys; absent means every default. */
export function block<Shape extends z.ZodRawShape>(description: string, shape: Shape) {
  return z
    .strictObject(shape)
    .prefault({} as never)
    .meta({ description });
}

const SIGNED_64_BIT = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

/** A platform's 64-bit chat id, as a number or digits in quotes; kept exactly, as a `bigint`. */
export const chatId = z
  .unknown()
  .transform((value, context) => {
    const digits = typeof value === 'number' || typeof value === 'bigint' ? String(value) : value;
    if (typeof digits === 'string' && /^-?\d{1,19}$/.test(digits.trim())) {
      const id = BigInt(digits.trim());
      if (id >= SIGNED_64_BIT.min && id <= SIGNED_64_BIT.max) return id;
    }
    context.addIssue({ code: 'custom', message: 'must be a whole number (a chat id of at most 64 bits)' });
    return z.NEVER;
  })
  .meta({ type: ['integer', 'string'] });
