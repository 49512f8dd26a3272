import { expect, it } from 'vitest';
import type { SettingFieldBody } from '../../api/types.ts';
import { nestedChanges } from './nested-changes.ts';

function fieldNamed(key: string, kind: SettingFieldBody['kind'] = 'text'): SettingFieldBody {
  return {
    key,
    kind,
    description: '',
    default: null,
    default_text: null,
    values: [],
    is_integer: false,
    min: null,
    max: null,
    schema: null,
  };
}

it('names entries that are new or gone, and the fields that differ, without a new credential', () => {
  const entries = {
    container: 'map' as const,
    fields: [fieldNamed('model'), fieldNamed('api_key', 'secret')],
  };
  const before = { away: { model: 'a', api_key: '***' }, old: {} };
  const after = { away: { model: 'b', api_key: '***' }, home: { api_key: 'sk-new' } };
  expect(nestedChanges(entries, before, after)).toEqual([
    { name: 'away.model', from: 'a', to: 'b' },
    { name: 'old', from: 'removed', to: null },
    { name: 'home', from: null, to: 'added' },
    { name: 'home.api_key', from: 'not set', to: 'a new value' },
  ]);
});

it('counts the entries of a list from one, and takes scalar entries whole', () => {
  expect(nestedChanges({ container: 'list', fields: [fieldNamed('url')] }, [{ url: 'a' }], [null])).toEqual([
    { name: '1', from: 'removed', to: null },
  ]);
  const scalar = { container: 'map' as const, fields: [fieldNamed('', 'number')] };
  expect(nestedChanges(scalar, { bash: 1 }, { bash: 2 })).toEqual([{ name: 'bash', from: '1', to: '2' }]);
});
