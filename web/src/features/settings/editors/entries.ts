/**
 * Nested values as entries: of a map by name, of a list by place.
 *
 * Invariants: nothing is changed in place; entries of a list that hold something masked keep their place, because the
 * server tells them apart by it: `null` stands where such a one is taken out.
 */
import { asRecord, type JsonRecord } from '../../../api/json-fields.ts';
import type { SettingBody } from '../../../api/types.ts';
import { MASK } from '../setting-value.ts';

export type Entries = NonNullable<SettingBody['entries']>;

export interface Entry {
  /** Its name, or its place. */
  readonly name: string;
  /** `null` for one that is taken out. */
  readonly value: unknown;
}

export function entriesOf({ container }: Entries, value: unknown): readonly Entry[] {
  if (container === 'map') {
    return Object.entries(asRecord(value) ?? {}).map(([name, inner]) => ({ name, value: inner }));
  }
  return listOf(value).map((inner, index) => ({ name: String(index), value: inner }));
}

/** The value with an entry set, or added. */
export function withEntry({ container }: Entries, value: unknown, { name, value: inner }: Entry): unknown {
  if (container === 'map') return Object.fromEntries(pairsWith(value, name, inner));
  const list = [...listOf(value)];
  list[Number(name)] = inner;
  return list;
}

/** The value without an entry. */
export function withoutEntry({ container }: Entries, value: unknown, name: string): unknown {
  if (container === 'map') return Object.fromEntries(pairsOf(value).filter(([key]) => key !== name));
  const list = listOf(value);
  const isMasked = list.some((item) => JSON.stringify(item)?.includes(MASK) ?? false);
  if (isMasked) return list.map((item, index) => (index === Number(name) ? null : item));
  return list.filter((_, index) => index !== Number(name));
}

/** A field of an entry; the entry itself for the field without a name. */
export function fieldOf(entry: unknown, key: string): unknown {
  return (key === '' ? entry : asRecord(entry)?.[key]) ?? null;
}

/** The entry with a field set; `undefined` takes the field out. */
export function withField(entry: unknown, key: string, value: unknown): unknown {
  if (key === '') return value;
  const { [key]: _, ...rest } = asRecord(entry) ?? {};
  return value === undefined ? rest : { ...asRecord(entry), [key]: value };
}

function pairsOf(value: unknown): readonly (readonly [string, unknown])[] {
  const record: JsonRecord = asRecord(value) ?? {};
  return Object.entries(record);
}

/** Keeps the order of what is there; a new name comes last. */
function pairsWith(value: unknown, name: string, inner: unknown): readonly (readonly [string, unknown])[] {
  const pairs = pairsOf(value);
  if (!pairs.some(([key]) => key === name)) return [...pairs, [name, inner]];
  return pairs.map(([key, before]) => [key, key === name ? inner : before]);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
