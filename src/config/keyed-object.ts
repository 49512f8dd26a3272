/**
 * Mappings of the file whose keys are read one by one, so that a key costs a schema only when it is written.
 *
 * The configuration has some 150 keys, a file sets fewer than ten, and making a schema costs a hundred times as much as
 * answering with a default. Invariant: what is read, what is refused, in which order, and the JSON Schema are those of
 * `z.strictObject` with the schemas of the same keys.
 */
import { z } from 'zod';
import { isRecord } from '../core/json.ts';
import { lazy } from '../core/lazy.ts';
import { lazyStrictObject } from '../core/lazy-object.ts';

/** A key that may be absent. */
export interface ConfigKey<Schema extends z.ZodType = z.ZodType> {
  /** Made at the first call; the same one ever after. */
  readonly schema: () => Schema;
  /** What the schema reads when there is no value, a new object each time; `undefined` leaves the key out. */
  readonly absent: () => z.output<Schema>;
}

/** A key that must be there. */
export interface RequiredKey<Schema extends z.ZodType = z.ZodType> {
  readonly schema: () => Schema;
  readonly absent: null;
}

/** Keys by name, in the order in which values are read. */
export type ConfigKeys = Readonly<Record<string, ConfigKey>>;
type Keys = Readonly<Record<string, ConfigKey | RequiredKey>>;

/** The shape of an object schema with these keys. */
export type ShapeOf<Of extends Keys> = { readonly [Name in keyof Of]: ReturnType<Of[Name]['schema']> };

/** `absent` has to agree with `schema`: it answers without it. */
export function configKey<Schema extends z.ZodType>(
  schema: () => Schema,
  absent: () => NoInfer<z.output<Schema>>,
): ConfigKey<Schema> {
  return { schema: lazy(schema), absent };
}

/** As `configKey`, for a key without which its mapping is refused. */
export function requiredKey<Schema extends z.ZodType>(schema: () => Schema): RequiredKey<Schema> {
  return { schema: lazy(schema), absent: null };
}

/**
 * As `z.strictObject`; whoever looks at its shape makes the schemas of the keys that he takes out. Not to be extended.
 */
export function keyedObject<Of extends Keys>(keys: Of): z.ZodObject<ShapeOf<Of>, z.core.$strict> {
  const shape = lazy(() => shapeOf(keys));
  const definition = {
    type: 'object' as const,
    keys,
    catchall: nothing(),
    get shape() {
      return shape();
    },
  };
  // The constructor's type forgets the shape, which is what the getter answers.
  return new KeyedObject(definition) as unknown as z.ZodObject<ShapeOf<Of>, z.core.$strict>;
}

/** What a mapping without any key is read as. */
export function absentValues(keys: ConfigKeys): Record<string, unknown> {
  return inOrder(keys, {});
}

const nothing = lazy(() => z.never());

interface Definition extends z.core.$ZodObjectDef {
  readonly keys: Keys;
}

/** An object schema in every respect but for how it reads; made as zod makes its own kinds. */
const KeyedObject = z.core.$constructor<z.ZodObject, Definition>('KeyedObject', (schema, definition) => {
  z.ZodObject.init(schema, definition);
  const { keys } = definition;
  schema._zod.parse = (payload, context) => {
    // Compiling a schema to code pays off for what is read often; this one is read once.
    const read = written(keys, payload.value)._zod.run(payload, { ...context, jitless: true });
    return read instanceof Promise ? read.then((result) => complete(keys, result)) : complete(keys, read);
  };
});

/** A plain object of the keys that are there, or should be. */
function written(keys: Keys, value: unknown) {
  const present = isRecord(value) ? value : {};
  const names = Object.keys(keys).filter((name) => name in present || keys[name]?.absent === null);
  const some = Object.fromEntries(names.map((name) => [name, keys[name]]));
  return lazyStrictObject(() => shapeOf(some as Keys));
}

function complete(keys: Keys, result: z.core.ParsePayload): z.core.ParsePayload {
  if (result.issues.length === 0 && isRecord(result.value)) result.value = inOrder(keys, result.value);
  return result;
}

function inOrder(keys: Keys, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, key] of Object.entries(keys)) {
    if (Object.hasOwn(given, name)) {
      values[name] = given[name];
      continue;
    }
    const value = key.absent?.();
    if (value !== undefined) values[name] = value;
  }
  return values;
}

function shapeOf(keys: Keys): z.ZodRawShape {
  const shape: z.ZodRawShape = {};
  for (const [name, key] of Object.entries(keys)) {
    Object.defineProperty(shape, name, { enumerable: true, get: () => key.schema() });
  }
  return shape;
}
