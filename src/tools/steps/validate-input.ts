/**
 * Checks input against the tool's schema. Obvious slips are corrected ("5" for 5, null for an absent optional, JSON
 * text for an array); everything else is answered with a text that names the property. Unknown properties are
 * ignored.
 */
import type { z } from 'zod';
import { isRecord, type JsonObject, parseJson } from '../../core/json.ts';
import { type Refusal, refuse } from '../ports.ts';
import type { Tool } from '../tool.ts';

/** Tools whose missing-parameter text has the quoted form (tools §1.1). */
const QUOTED_FORM = /^(bash|browser|read_file|write_file|edit_file|glob|grep|todo_\w+|\w*_memory)$/;

export function validateInput(
  tool: Tool,
  input: JsonObject,
): { readonly kind: 'valid'; readonly input: JsonObject } | Refusal {
  const asSent = tool.input.safeParse(input);
  if (asSent.success) return { kind: 'valid', input: asJson(asSent.data) };
  const corrected = structuredClone(input) as Record<string, unknown>; // a private copy, changed in place
  let { error } = asSent;
  for (let round = 0; round < CORRECTION_ROUNDS; round += 1) {
    for (const issue of error.issues) correct(corrected, issue);
    const parsed = tool.input.safeParse(corrected);
    if (parsed.success) return { kind: 'valid', input: asJson(parsed.data) };
    error = parsed.error;
  }
  return refuse('tool_error', describeIssue(tool, corrected, error));
}

/** JSON text that is unfolded in one round may hold slips of its own. */
const CORRECTION_ROUNDS = 2;

/** Tool schemas describe JSON and transform nothing, so what they return is JSON. */
function asJson(value: unknown): JsonObject {
  return value as JsonObject;
}

function correct(root: Record<string, unknown>, issue: z.core.$ZodIssue): void {
  if (issue.code !== 'invalid_type') return;
  const parent = issue.path.slice(0, -1).reduce<unknown>(childOf, root);
  const key = issue.path.at(-1);
  if (key === undefined || typeof parent !== 'object' || parent === null) return;
  const holder = parent as Record<PropertyKey, unknown>; // an object or array of parsed JSON
  const value = holder[key];
  if (value === null && !Array.isArray(parent)) {
    delete holder[key];
    return;
  }
  const replacement = coerce(value, issue.expected);
  if (replacement !== undefined) holder[key] = replacement;
}

function childOf(node: unknown, key: PropertyKey): unknown {
  if (typeof node !== 'object' || node === null) return undefined;
  return (node as Record<PropertyKey, unknown>)[key]; // reads of a missing key give undefined
}

function coerce(value: unknown, expected: string): unknown {
  if (expected === 'string') {
    return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
  }
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (expected === 'number' || expected === 'int') {
    return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
  }
  if (expected === 'boolean') return BOOLEANS.get(text.toLowerCase());
  const parsed = parseJson(text);
  if (expected === 'array') return Array.isArray(parsed) ? parsed : undefined;
  return expected === 'object' && isRecord(parsed) ? parsed : undefined;
}

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
]);

function describeIssue(tool: Tool, input: unknown, error: z.ZodError): string {
  const [issue] = error.issues;
  if (issue === undefined) return 'Invalid input';
  const name = formatPath(issue.path);
  const actual = issue.path.reduce<unknown>(childOf, input);
  if (actual === undefined && issue.path.length > 0) return missingParameter(tool.name, name);
  return name === '' ? `Invalid input: ${reason(issue)}` : `Invalid '${name}' parameter: ${reason(issue)}`;
}

function missingParameter(toolName: string, parameter: string): string {
  return QUOTED_FORM.test(toolName)
    ? `Missing '${parameter}' parameter`
    : `Missing required parameter: ${parameter}`;
}

function reason(issue: z.core.$ZodIssue): string {
  const text = issue.message.replace(/^Invalid (input|option): /, '');
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** `todos[0].status`. */
function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
}
