import { describe, expect, it } from 'vitest';
import type { SettingFieldBody } from '../../api/types.ts';
import { boundsText, describeValue, readText, storedValue, textOfValue } from './setting-value.ts';

function settingOf(kind: SettingFieldBody['kind'], parts: Partial<SettingFieldBody> = {}): SettingFieldBody {
  return {
    key: 'k',
    kind,
    description: '',
    default: null,
    default_text: null,
    values: [],
    is_integer: false,
    min: null,
    max: null,
    schema: null,
    ...parts,
  };
}

describe('what is typed', () => {
  const port = settingOf('number', { is_integer: true, min: 1, max: 65_535, default: 10 });

  it('is a number within its bounds, or says why not', () => {
    expect(readText(port, ' 80 ', 10)).toMatchObject({ kind: 'value', value: 80 });
    for (const [text, reason] of [
      ['1.5', 'Must be a whole number.'],
      ['', 'Must be a whole number.'],
      ['0', 'Must be at least 1.'],
      ['70000', 'Must be at most 65535.'],
    ] as const) {
      expect(readText(port, text, 10)).toEqual({ kind: 'invalid', text, reason });
    }
  });

  it('is the default when it is nothing and the key may be absent', () => {
    expect(readText(settingOf('text'), ' ', 'a')).toEqual({ kind: 'default' });
    expect(readText(settingOf('text', { default: 'x' }), '', 'a')).toEqual({ kind: 'value', value: '' });
  });

  it('is a list with an item a line, in which ids stay numbers', () => {
    const draft = readText(settingOf('list'), '12\n\n 34 \n', [12, '99']);
    expect(draft).toEqual({ kind: 'value', value: [12, '34'], text: '12\n\n 34 \n' });
  });

  it('is JSON of the right shape', () => {
    const prices = settingOf('json', { schema: { type: 'array' } });
    expect(readText(prices, '[]', [])).toMatchObject({ kind: 'value', value: [] });
    expect(readText(prices, '{}', [])).toMatchObject({ kind: 'invalid', reason: 'Must be a JSON list.' });
    expect(readText(settingOf('json', { default: {} }), '{', {})).toMatchObject({ kind: 'invalid' });
  });
});

describe('what is shown', () => {
  it('of a credential is whether there is one, or where it comes from', () => {
    const secret = settingOf('secret');
    expect(['***', null, 'env:KEY', 'sk-new'].map((value) => describeValue(secret, value))).toEqual([
      'set',
      'not set',
      'env:KEY',
      'a new value',
    ]);
    expect(describeValue(settingOf('secret_list'), ['***', null, 'sk-new'])).toBe('set, a new value');
  });

  it('of lists and maps fits a line, and is taken apart in a field', () => {
    expect(describeValue(settingOf('list'), [])).toBe('empty');
    expect(describeValue(settingOf('json'), { a: 1 })).toBe('{"a":1}');
    expect(textOfValue(settingOf('list'), ['a', 'b'])).toBe('a\nb');
    expect(textOfValue(settingOf('json'), { a: 1 })).toBe('{\n  "a": 1\n}');
  });

  it('of bounds is what limits', () => {
    expect(boundsText(settingOf('number', { min: 0, max: 9 }))).toBe('0–9');
    expect(boundsText(settingOf('number', { min: 1 }))).toBe('at least 1');
    expect(boundsText(settingOf('number', { min: 0 }))).toBeNull();
  });
});

it('a dotted key finds its value', () => {
  expect(storedValue({ sandbox: { mode: 'off' } }, 'sandbox.mode')).toBe('off');
  expect(storedValue({}, 'channels.web.enabled')).toBeNull();
});
