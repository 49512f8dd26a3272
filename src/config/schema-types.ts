/**
 * The building blocks of the section files: each takes the documentation of the key first, because the reference page
 * and the JSON Schema are generated from it.
 *
 * Rules that hold for every key: texts are trimmed; an empty optional text is the same as an absent key; a number has
 * bounds; no schema is made before a value is there to be read.
 */
import { z } from 'zod';
import { lazy } from '../core/lazy.ts';
import { absentValues, type ConfigKey, type ConfigKeys, configKey, keyedObject } from './keyed-object.ts';

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
export interface ConfigSection<Keys extends ConfigKeys> {
  readonly title: string;
  readonly introduction: string;
  readonly keys: Keys;
}

/** Declares a section; keys are top-level keys of the file. */
export function section<Keys extends ConfigKeys>(
  title: string,
  introduction: string,
  keys: Keys,
): ConfigSection<Keys> {
  return { title, introduction, keys };
}

type Notes = KeyNotes & { readonly description: string };

/** Shared by all keys of their kind: making a schema costs more than reading a value with it. */
const trimmedText = lazy(() => z.string().trim());
const emptyAsAbsent = lazy(() => trimmedText().transform((value) => (value === '' ? undefined : value)));
const truth = lazy(() => z.boolean());
const trimmedList = lazy(() => withoutBlank(trimmedText()));

function withoutBlank(text: z.ZodString) {
  return z.array(text).transform((values) => values.filter((value) => value !== ''));
}

/** The schema with its notes; it must be nobody else's, because schemas carry one set of notes each. */
function documented<Schema extends z.ZodType>(schema: Schema, notes: Notes): Schema {
  z.globalRegistry.add(schema, { ...notes });
  return schema;
}

/** A key of any other form that has a default. `value` makes a new array or object each time. */
export function withDefault<Schema extends z.ZodType>(
  schema: () => Schema,
  value: () => z.core.util.NoUndefined<z.output<Schema>>,
  notes: Notes,
): ConfigKey<z.ZodDefault<Schema>> {
  return configKey(() => documented(schema().default(value), notes), value);
}

/** As `withDefault`, for a default that is documented as it would be written, and `value` once it is read. */
export function withWrittenDefault<Schema extends z.ZodType>(
  schema: () => Schema,
  written: z.input<Schema>,
  value: () => z.output<Schema>,
  notes: Notes,
): ConfigKey<z.ZodPrefault<Schema>> {
  return configKey(() => documented(schema().prefault(written), notes), value);
}

/** A key of any other form that may be absent. */
export function optional<Schema extends z.ZodType>(
  schema: () => Schema,
  notes: Notes,
): ConfigKey<z.ZodOptional<Schema>> {
  return configKey(
    () => documented(schema().optional(), notes),
    () => undefined,
  );
}

/** The key with its values changed once they are read, the default among them. */
export function mapped<Schema extends z.ZodType, Value>(
  key: ConfigKey<Schema>,
  change: (value: z.output<Schema>) => Value,
) {
  const schema = () => key.schema().transform(change);
  // What the schema reads is what `change` made; zod's types wait for it, in case it is a promise.
  return configKey(schema, () => change(key.absent()) as z.output<ReturnType<typeof schema>>);
}

/** A text that may be absent; empty means absent. */
export function optionalText(description: string, notes: KeyNotes = {}) {
  return optional(emptyAsAbsent, { description, ...notes });
}

/** A text with a default; empty stays empty. */
export function text(description: string, defaultValue: string, notes: KeyNotes = {}) {
  return withDefault(trimmedText, () => defaultValue, { description, ...notes });
}

/** A credential that may be absent. */
export function optionalSecret(description: string) {
  return optionalText(description, { secret: true });
}

/** A list of credentials. */
export function secretList(description: string) {
  const list = () => withoutBlank(trimmedText().meta({ secret: true }));
  return withDefault(list, () => [], { description });
}

/** A list of texts; blank items are dropped. */
export function textList(description: string, defaultValue: readonly string[] = [], notes: KeyNotes = {}) {
  return withDefault(trimmedList, () => [...defaultValue], { description, ...notes });
}

/** `true` or `false`. */
export function flag(description: string, defaultValue: boolean) {
  return withDefault(truth, () => defaultValue, { description });
}

/** Bounds of a number, both inclusive. */
export interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

const LARGEST = 1_000_000_000;
const wholeNumber = lazy(() => z.int());
const fromZero = lazy(() => wholeNumber().check(z.gte(0), z.lte(LARGEST)));

function bounded({ min = 0, max = LARGEST }: Bounds) {
  return min === 0 && max === LARGEST ? fromZero() : wholeNumber().check(z.gte(min), z.lte(max));
}

/** A whole number where 0 has a meaning of its own or is out of bounds. */
export function count(description: string, defaultValue: number, bounds: Bounds = {}) {
  return withDefault(
    () => bounded(bounds),
    () => defaultValue,
    { description },
  );
}

/** A whole number where 0 means the default. */
export function countOrDefault(description: string, defaultValue: number, { max = LARGEST }: Bounds = {}) {
  const schema = () => bounded({ max }).transform((value) => (value === 0 ? defaultValue : value));
  return withDefault(schema, () => defaultValue, { description: `${description} 0 means the default.` });
}

/** A whole number that may be absent; 0 means absent. */
export function optionalCount(description: string, { max = LARGEST }: Bounds = {}) {
  const schema = () => bounded({ max }).transform((value) => (value === 0 ? undefined : value));
  return optional(schema, { description });
}

/** A whole number that is silently moved into its bounds, as the reference does for some limits. */
export function clampedCount(description: string, defaultValue: number, { min = 0, max = LARGEST }: Bounds) {
  const schema = () => wholeNumber().transform((value) => Math.min(Math.max(value, min), max));
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
export function block<Keys extends ConfigKeys>(description: string, keys: Keys) {
  const schema = () => keyedObject(keys);
  // The types of `keys` are those of the values they are absent with; the record of them is built key by key.
  const absent = () => absentValues(keys) as z.output<ReturnType<typeof schema>>;
  return withWrittenDefault(schema, {} as never, absent, { description });
}

const SIGNED_64_BIT = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

/** Not a key: a platform's 64-bit chat id, as a number or digits in quotes; kept exactly, as a `bigint`. */
export const chatId = lazy(() =>
  z
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
    .meta({ type: ['integer', 'string'] }),
);
