import { describe, expect, it } from 'vitest';
import { type Entries, entriesOf, fieldOf, withEntry, withField, withoutEntry } from './entries.ts';

const MAP: Entries = { container: 'map', fields: [] };
const LIST: Entries = { container: 'list', fields: [] };

describe('entries of a map', () => {
  const value = { a: 1, b: 2 };

  it('are set in their place, added at the end and taken out by name', () => {
    expect(entriesOf(MAP, value)).toEqual([
      { name: 'a', value: 1 },
      { name: 'b', value: 2 },
    ]);
    expect(JSON.stringify(withEntry(MAP, value, { name: 'a', value: 3 }))).toBe('{"a":3,"b":2}');
    expect(JSON.stringify(withEntry(MAP, value, { name: 'c', value: 3 }))).toBe('{"a":1,"b":2,"c":3}');
    expect(withoutEntry(MAP, value, 'a')).toEqual({ b: 2 });
  });
});

describe('entries of a list', () => {
  it('are set, added and taken out by place', () => {
    expect(withEntry(LIST, ['x'], { name: '1', value: 'y' })).toEqual(['x', 'y']);
    expect(withoutEntry(LIST, ['x', 'y'], '0')).toEqual(['y']);
  });

  it('keep their places when one of them holds something masked', () => {
    const value = [{ url: 'https://***@a/' }, { url: 'https://b/' }];
    expect(withoutEntry(LIST, value, '1')).toEqual([value[0], null]);
  });
});

it('a field of an entry is set and taken out; an entry without fields is the value itself', () => {
  expect(fieldOf({ a: 1 }, 'a')).toBe(1);
  expect(fieldOf({}, 'a')).toBeNull();
  expect(withField({ a: 1 }, 'b', 2)).toEqual({ a: 1, b: 2 });
  expect(withField({ a: 1 }, 'a', undefined)).toEqual({});
  expect([fieldOf(5, ''), withField(5, '', 6)]).toEqual([5, 6]);
});
