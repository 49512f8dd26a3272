/**
 * Removes every top-level input key that begins with two underscores. Such keys once carried context (caller,
 * approval) inside the input; a model that sends one must gain nothing by it.
 */
import type { JsonObject } from '../../core/json.ts';

/** The input without reserved keys; the same object when it has none. */
export function stripReservedKeys(input: JsonObject): JsonObject {
  const entries = Object.entries(input);
  const kept = entries.filter(([key]) => !key.startsWith('__'));
  return kept.length === entries.length ? input : Object.fromEntries(kept);
}
