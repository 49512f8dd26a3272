/**
 * Looks into the schema: which keys a place allows, and which places hold credentials.
 *
 * The only file that knows how zod stores a schema's parts (`_zod.def`, documented for library authors).
 */
import { z } from 'zod';
import { isRecord } from '../core/json.ts';
import type { ConfigPath } from './config-problem.ts';

type Schema = z.core.$ZodType;

/** The parts of a definition that matter here; which exist depends on the type. */
interface Definition {
  readonly type: string;
  readonly innerType?: Schema;
  readonly in?: Schema;
  readonly out?: Schema;
  readonly shape?: Readonly<Record<string, Schema>>;
  readonly element?: Schema;
  readonly valueType?: Schema;
}

function definitionOf(schema: Schema): Definition {
  // Every field that is read is optional in `Definition`, so a changed layout shows as an absent field.
  return schema._zod.def as unknown as Definition;
}

/** The wrapped schema of `optional`, `default`, `transform` …; `undefined` at the core. */
function unwrapOnce(schema: Schema): Schema | undefined {
  const { innerType, in: input, out } = definitionOf(schema);
  if (innerType !== undefined) return innerType;
  if (input === undefined) return undefined;
  return definitionOf(input).type === 'transform' ? out : input;
}

function core(schema: Schema): Schema {
  const inner = unwrapOnce(schema);
  return inner === undefined ? schema : core(inner);
}

function isSecret(schema: Schema): boolean {
  if (z.globalRegistry.get(schema)?.secret === true) return true;
  const inner = unwrapOnce(schema);
  return inner !== undefined && isSecret(inner);
}

/** The schema one level below, or `undefined` where nothing is allowed. */
function childOf(schema: Schema, step: string | number): Schema | undefined {
  const { shape, element, valueType } = definitionOf(core(schema));
  if (shape !== undefined) return Object.hasOwn(shape, step) ? shape[step] : undefined;
  return element ?? valueType;
}

/** Keys that the mapping at `path` may have; empty where names are free. */
export function keysAt(schema: Schema, path: ConfigPath): readonly string[] {
  let current: Schema | undefined = schema;
  for (const step of path) {
    current = current && childOf(current, step);
  }
  const shape = current && definitionOf(core(current)).shape;
  return shape === undefined ? [] : Object.keys(shape);
}

/** Whether the mapping at `path` may have keys of any name. */
export function hasFreeNames(schema: Schema, path: ConfigPath): boolean {
  let current: Schema | undefined = schema;
  for (const step of path) {
    current = current && childOf(current, step);
  }
  return current !== undefined && definitionOf(core(current)).valueType !== undefined;
}

/** Dotted keys of the schema that `tree` sets, blocks taken apart; a key without a value is not set. */
export function writtenKeys(
  schema: Schema,
  tree: Readonly<Record<string, unknown>>,
  path: readonly string[] = [],
): readonly string[] {
  return keysAt(schema, path).flatMap((key) => {
    const value = tree[key];
    if (value == null) return [];
    const below = [...path, key];
    const isBlock = isRecord(value) && keysAt(schema, below).length > 0;
    return isBlock ? writtenKeys(schema, value, below) : [below.join('.')];
  });
}

/** Whether the names in the mapping at `path` mean nothing to the schema: it stands in a value of any form. */
export function isFreeMap(schema: Schema, path: ConfigPath): boolean {
  let current: Schema | undefined = schema;
  for (const step of path) {
    current = current && childOf(current, step);
    if (current === undefined || definitionOf(core(current)).type === 'unknown') return true;
  }
  const { valueType } = definitionOf(core(current));
  return valueType !== undefined && definitionOf(core(valueType)).type === 'unknown';
}

/** A credential as it stands in the file. */
export interface SecretLeaf {
  readonly path: ConfigPath;
  readonly text: string;
}

/** Every text of `value` that the schema marks as a credential. */
export function secretLeaves(schema: Schema, value: unknown, path: ConfigPath = []): readonly SecretLeaf[] {
  if (typeof value === 'string') return isSecret(schema) ? [{ path, text: value }] : [];
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => leavesBelow(schema, item, [...path, index], index));
  }
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => leavesBelow(schema, inner, [...path, key], key));
}

function leavesBelow(schema: Schema, value: unknown, path: ConfigPath, step: string | number) {
  const child = childOf(schema, step);
  return child === undefined ? [] : secretLeaves(child, value, path);
}
