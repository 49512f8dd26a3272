/**
 * Values of settings as text: as they are shown, and as they are typed.
 *
 * Invariant: what is not a value of the key's type becomes an `invalid` draft and is never sent; whether a value is
 * allowed beyond that is the server's word.
 */

import { asRecord } from '../../api/json-fields.ts';
import type { SettingFieldBody } from '../../api/types.ts';

/** What the server shows for a credential. */
export const MASK = '***';

/** An edit that is not saved yet. `text` is what was typed, where that is more than the value. */
export type Draft =
  | { readonly kind: 'value'; readonly value: unknown; readonly text?: string }
  | { readonly kind: 'default' }
  /** No value of the key's type; `value` is what the rest of a nested one would be. */
  | { readonly kind: 'invalid'; readonly text: string; readonly reason: string; readonly value?: unknown };

/** The value of a dotted key; `null` when it is absent. */
export function storedValue(tree: unknown, key: string): unknown {
  let node: unknown = tree;
  for (const step of key.split('.')) node = asRecord(node)?.[step];
  return node ?? null;
}

/** JSON values are the same when their text is. */
export function isSameValue(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

/** A value in a line; credentials only say whether there is one, or where it comes from. */
export function describeValue(setting: SettingFieldBody, value: unknown): string {
  if (value === null || value === '') return 'not set';
  if (setting.kind === 'secret') return describeSecret(String(value));
  if (Array.isArray(value)) return describeList(setting, value);
  if (typeof value !== 'object') return String(value);
  return Object.keys(value).length === 0 ? 'empty' : JSON.stringify(value);
}

/** `set`, or the reference it is. */
export function describeSecret(value: string): string {
  if (value === MASK) return 'set';
  return isReference(value) ? value : 'a new value';
}

/** Credentials that only say where they are may be seen. */
export function isReference(text: string): boolean {
  return /^(?:env:|file:|\$\{)/.test(text.trim());
}

function describeList(setting: SettingFieldBody, list: readonly unknown[]): string {
  const items = list.filter((item) => item !== null);
  if (items.length === 0) return 'empty';
  if (setting.kind === 'secret_list') return items.map((item) => describeSecret(String(item))).join(', ');
  return setting.kind === 'list' ? items.join(', ') : JSON.stringify(items);
}

/** What stands in the field of a number, a text, a list or a nested value. */
export function textOfValue(setting: SettingFieldBody, value: unknown): string {
  if (value === null) return '';
  if (setting.kind === 'list') return Array.isArray(value) ? value.join('\n') : '';
  return setting.kind === 'json' ? JSON.stringify(value, null, 2) : String(value);
}

/** Reads what was typed; `shown` is the value it was made from. */
export function readText(setting: SettingFieldBody, text: string, shown: unknown): Draft {
  if (text.trim() === '' && setting.kind !== 'list' && setting.default === null) return { kind: 'default' };
  switch (setting.kind) {
    case 'number':
      return readNumber(setting, text);
    case 'list':
      return { kind: 'value', value: readList(text, shown), text };
    case 'json':
      return readJson(setting, text);
    default:
      return { kind: 'value', value: text };
  }
}

function readNumber({ is_integer, min, max }: SettingFieldBody, text: string): Draft {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  const invalid = (reason: string): Draft => ({ kind: 'invalid', text, reason });
  if (!Number.isFinite(number) || (is_integer && !Number.isInteger(number))) {
    return invalid(is_integer ? 'Must be a whole number.' : 'Must be a number.');
  }
  if (min !== null && number < min) return invalid(`Must be at least ${min}.`);
  if (max !== null && number > max) return invalid(`Must be at most ${max}.`);
  return { kind: 'value', value: number, text };
}

/** One item a line. Items that were there keep their type: ids of chats are numbers. */
function readList(text: string, shown: unknown): readonly unknown[] {
  const before: readonly unknown[] = Array.isArray(shown) ? shown : [];
  const lines = text.split('\n').map((line) => line.trim());
  return lines
    .filter((line) => line !== '')
    .map((line) => before.find((item) => String(item) === line) ?? line);
}

function readJson(setting: SettingFieldBody, text: string): Draft {
  const wantsList = setting.schema?.type === 'array';
  try {
    const value: unknown = JSON.parse(text);
    if (wantsList ? Array.isArray(value) : asRecord(value) !== null) return { kind: 'value', value, text };
    return { kind: 'invalid', text, reason: wantsList ? 'Must be a JSON list.' : 'Must be a JSON object.' };
  } catch (error) {
    return { kind: 'invalid', text, reason: `Not JSON: ${error instanceof Error ? error.message : ''}` };
  }
}

/** `1–65535`, `at least 1`; `null` without bounds worth naming. */
export function boundsText({ min, max }: SettingFieldBody): string | null {
  if (max !== null) return `${min ?? 0}–${max}`;
  return min === null || min === 0 ? null : `at least ${min}`;
}
