/** How a nested value changes, field by field of each entry. */
import type { SettingFieldBody } from '../../api/types.ts';
import { type Entries, entriesOf, fieldOf } from './editors/entries.ts';
import { describeValue, isSameValue } from './setting-value.ts';

/** `from` and `to` are words; `null` where there is nothing to say. */
export interface NestedChange {
  /** `home`, `home.provider`; entries of a list count from 1. */
  readonly name: string;
  readonly from: string | null;
  readonly to: string | null;
}

export function nestedChanges(entries: Entries, before: unknown, after: unknown): readonly NestedChange[] {
  const [old, next] = [before, after].map(
    (value) => new Map(entriesOf(entries, value).map((entry) => [entry.name, entry.value])),
  );
  const names = new Set([...(old?.keys() ?? []), ...(next?.keys() ?? [])]);
  return [...names].flatMap((name) => {
    const [left, right] = [old?.get(name) ?? null, next?.get(name) ?? null];
    const title = entries.container === 'map' ? name : String(Number(name) + 1);
    if (right === null) return left === null ? [] : [{ name: title, from: 'removed', to: null }];
    const fields = entries.fields.flatMap((field) => fieldChange(title, field, left, right));
    return left === null ? [{ name: title, from: null, to: 'added' }, ...fields] : fields;
  });
}

function fieldChange(title: string, field: SettingFieldBody, left: unknown, right: unknown): NestedChange[] {
  const [before, after] = [fieldOf(left, field.key), fieldOf(right, field.key)];
  if (isSameValue(before, after)) return [];
  const name = field.key === '' ? title : `${title}.${field.key}`;
  return [{ name, from: describeValue(field, before), to: describeValue(field, after) }];
}
