/** Redacts every string inside a JSON object; keys and structure stay. */
import type { JsonObject, JsonValue } from '../../core/json.ts';
import { isRecord } from '../../core/json.ts';
import type { Redactor } from '../../security/redaction/redactor.ts';

export function redactJson(value: JsonObject, redactor: Redactor): JsonObject {
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      inner === undefined ? undefined : redactValue(inner, redactor),
    ]),
  );
}

function redactValue(value: JsonValue, redactor: Redactor): JsonValue {
  if (typeof value === 'string') return redactor.redact(value);
  if (Array.isArray(value)) return value.map((item: JsonValue) => redactValue(item, redactor));
  if (isRecord(value)) return redactJson(value as JsonObject, redactor); // neither array nor leaf is left
  return value;
}
