import { expect, it } from 'vitest';
import { lineDiff } from './line-diff.ts';

it('leaves out what both begin and end with', () => {
  expect(lineDiff('a\nb\nc', 'a\nx\ny\nc')).toEqual({ removed: ['b'], added: ['x', 'y'] });
  expect(lineDiff('a\na', 'a\na\na')).toEqual({ removed: [], added: ['a'] });
  expect(lineDiff('', 'a')).toEqual({ removed: [''], added: ['a'] });
  expect(lineDiff('a', 'a')).toEqual({ removed: [], added: [] });
});
