/**
 * JSON Schema of a tool's input, as short as it can be: every byte is sent with every request. The dialect marker,
 * `additionalProperties` and the bounds that only say "a safe integer" are left out.
 */
import { z } from 'zod';
import type { JsonObject, JsonValue } from '../core/json.ts';
import { isRecord } from '../core/json.ts';

/** Type object, with `properties` and (when something is required) `required`. */
export function toolInputSchema(schema: z.ZodObject): JsonObject {
  const compacted = compact(z.toJSONSchema(schema, { io: 'input' }), false);
  return isRecord(compacted) ? (compacted as JsonObject) : {}; // zod returns plain JSON
}

function compact(node: unknown, isPropertyMap: boolean): JsonValue {
  if (Array.isArray(node)) return node.map((item) => compact(item, false));
  if (!isRecord(node)) return node as JsonValue; // a leaf of zod's JSON output
  const kept = Object.entries(node).filter(([key, value]) => isPropertyMap || !isNoise(key, value));
  return Object.fromEntries(
    kept.map(([key, value]) => [key, compact(value, !isPropertyMap && key === 'properties')]),
  );
}

function isNoise(key: string, value: unknown): boolean {
  if (key === '$schema' || key === 'additionalProperties') return true;
  if (key === 'minimum') return value === Number.MIN_SAFE_INTEGER;
  return key === 'maximum' && value === Number.MAX_SAFE_INTEGER;
}
