import { expect, it } from 'vitest';
import { KeyPool } from './key-pool.ts';

it('moves round robin, once per failed key', () => {
  const pool = new KeyPool(['a', 'b', 'c']);
  expect(pool.inOrder()).toEqual(['a', 'b', 'c']);
  pool.advanceFrom('a');
  pool.advanceFrom('a');
  expect(pool.inOrder()).toEqual(['b', 'c', 'a']);
  pool.advanceFrom('b');
  pool.advanceFrom('c');
  expect(pool.inOrder()).toEqual(['a', 'b', 'c']);
});

it('stands for a profile without keys, too', () => {
  const pool = new KeyPool([]);
  pool.advanceFrom(undefined);
  expect(pool.inOrder()).toEqual([undefined]);
});
