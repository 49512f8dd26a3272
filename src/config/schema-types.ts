/**
 * The building blocks of the section files: each takes the documentation of the key first, because the reference page
 * and the JSON Schema are generated from it.
 *
 * Rules that hold for every key: texts are trimmed; an empty optional text is the same as an absent key; a number has
 * bounds.
 */
import { z } from 'zod';
import { lazyDefault } from '../core/lazy-default.ts';
import { lazyStrictObject } from '../core/lazy-object.ts';

/** What a key may carry besides its type; read by the secret resolver and the page generator. */
export interface KeyNotes {
  /** The value is a credential: it may be a reference (`env:NAME`, `${NAME}`, `file:/path`) and is never shown. */
  readonly secret?: true;
  /** Shown as the default when the real one depends on the machine. */
  readonly defaultText?: string;
  /** The form of the value, where the JSON Schema cannot tell it from the schema. */
  readonly type?: readonly string[];
  readonly enum?: readonly unknown[];
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

/** Shared by all keys of their kind: making a schema costs more than reading a value with it. */
const trimmedText = z.string().trim();
const emptyAsAbsent = trimmedText.transform((value) => (value === '' ? undefined : value));
const truth = z.boolean();
const trimmedList = z.array(trimmedText).transform((values) => values.filter((value) => value !== ''));
const wholeNumber = z.int();

/** The schema with its notes; it must be nobody else's, because schemas carry one set of notes each. */
function documented<Schema extends z.ZodType>(
  schema: Schema,
  notes: KeyNotes & { description: string },
): Schema {
  z.globalRegistry.add(schema, { ...notes });
  return schema;
}

/** A key of any other form that has a default; the schema is made for the first value. */
export function withDefault<Schema extends z.ZodType>(
  schema: () => Schema,
  value: () => z.core.util.NoUndefined<z.output<Schema>>,
  notes: KeyNotes & { description: string },
) {
  return documented(lazyDefault(schema, value), notes);
}

/** A text that may be absent; empty means absent. */
export function optionalText(description: string, notes: KeyNotes = {}) {
  return documented(emptyAsAbsent.optional(), { description, ...notes });
}

/** A text with a default; empty stays empty. */
export function text(description: string, defaultValue: string, notes: KeyNotes = {}) {
  const value = () => defaultValue;
  return withDefault(() => trimmedText, value, { description, ...notes });
}

/** A credential that may be absent. */
export function optionalSecret(description: string) {
  return optionalText(description, { secret: true });
}

/** A list of credentials. */
export function secretList(description: string) {
  const list = () =>
    z.array(trimmedText.meta({ secret: true })).transform((values) => values.filter((value) => value !== ''));
  return withDefault(list, () => [], { description });
}

/** A list of texts; blank items are dropped. */
export function textList(description: string, defaultValue: readonly string[] = [], notes: KeyNotes = {}) {
  const value = () => [...defaultValue];
  return withDefault(() => trimmedList, value, { description, ...notes });
}

/** `true` or `false`. */
export function flag(description: string, defaultValue: boolean) {
  const value = () => defaultValue;
  return withDefault(() => truth, value, { description });
}

/** Bounds of a number, both inclusive. */
export interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

const LARGEST = 1_000_000_000;
const fromZero = wholeNumber.check(z.gte(0), z.lte(LARGEST));

function bounded({ min = 0, max = LARGEST }: Bounds) {
  return min === 0 && max === LARGEST ? fromZero : wholeNumber.check(z.gte(min), z.lte(max));
}

/** A whole number where 0 has a meaning of its own or is out of bounds. */
export function count(description: string, defaultValue: number, bounds: Bounds = {}) {
  const value = () => defaultValue;
  return withDefault(() => bounded(bounds), value, { description });
}

/** A whole number where 0 means the default. */
export function countOrDefault(description: string, defaultValue: number, { max = LARGEST }: Bounds = {}) {
  const schema = () => bounded({ max }).transform((value) => (value === 0 ? defaultValue : value));
  return withDefault(schema, () => defaultValue, { description: `${description} 0 means the default.` });
}

/** A whole number that may be absent; 0 means absent. */
export function optionalCount(description: string, { max = LARGEST }: Bounds = {}) {
  const schema = bounded({ max })
    .transform((value) => (value === 0 ? undefined : value))
    .optional();
  return documented(schema, { description });
}

/** A whole number that is silently moved into its bounds, as the reference does for some limits. */
export function clampedCount(description: string, defaultValue: number, { min = 0, max = LARGEST }: Bounds) {
  const schema = () => wholeNumber.transform((value) => Math.min(Math.max(value, min), max));
  return withDefault(schema, () => defaultValue, {
    description: `${description} Values outside ${min}–${max} are moved into that range.`,
  });
}

/** One of a few words. */
export function choice<const Value extends string>(
  description: string,
  values: readonly Value[],
  defaultValue: NoInfer<Value>,
) {
  // The default is one of the values, which `NoInfer` checks where this is called; zod's types cannot see that.
  const value = () => defaultValue as never;
  return withDefault(() => z.enum(values), value, { description });
}

/** A block of keys; absent means every default. */
export function block<Shape extends z.ZodRawShape>(description: string, shape: Shape) {
  return documented(lazyStrictObject(() => shape).prefault({} as never), { description });
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
