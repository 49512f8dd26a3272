/** Says in words what the schema found wrong with a value. The sentence continues after the name of the key. */
import type { z } from 'zod';
import { suggestion } from './suggest.ts';

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping (key: value pairs)',
  record: 'a mapping (key: value pairs)',
};

function describeType(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'bigint') return 'a number that is too large';
  if (typeof value === 'number') return Number.isInteger(value) ? 'a whole number' : 'a number';
  if (typeof value === 'object') return TYPE_NAMES.object ?? 'a mapping';
  if (typeof value === 'boolean') return 'true or false';
  return 'a text';
}

/** Numbers and flags are shown; texts only where the schema lists what they may be, because they can be credentials. */
function shown(value: unknown): string {
  return typeof value === 'number' || typeof value === 'boolean' ? ` (${value})` : '';
}

function wrongType(expected: string, value: unknown): string {
  const quoteHint =
    expected === 'string' && ['number', 'boolean', 'bigint'].includes(typeof value)
      ? '; put it in quotes'
      : '';
  if (value === undefined) return `is missing; expected ${TYPE_NAMES[expected] ?? expected}`;
  // A number where a text belongs may be a credential that lacks its quotes, so it is not repeated.
  const written = expected === 'string' ? '' : shown(value);
  return `must be ${TYPE_NAMES[expected] ?? expected}, not ${describeType(value)}${written}${quoteHint}`;
}

/** A sentence for one issue about `value`. */
export function describeIssue(issue: z.core.$ZodIssue, value: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      return wrongType(issue.expected, value);
    case 'invalid_value': {
      const allowed = issue.values.map(String);
      const hint = typeof value === 'string' ? suggestion(value, allowed) : '';
      const written = typeof value === 'string' ? `"${value}"` : describeType(value);
      return `must be one of ${allowed.join(', ')}, not ${written}${hint}`;
    }
    case 'too_small':
      return issue.origin === 'string'
        ? 'must not be empty'
        : `must be at least ${issue.minimum}${shownNot(value)}`;
    case 'too_big':
      return `must be at most ${issue.maximum}${shownNot(value)}`;
    default:
      return issue.message;
  }
}

function shownNot(value: unknown): string {
  return typeof value === 'number' ? `, not ${value}` : '';
}
