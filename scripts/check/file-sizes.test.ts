import { expect, it } from 'vitest';
import { judgeSizes } from './file-sizes.ts';

const files = (count: number, lines: number) =>
  Array.from({ length: count }, (_, index) => ({ path: `src/f${lines}-${index}.ts`, lines }));

it('accepts a few long files among many', () => {
  expect(judgeSizes([...files(95, 100), ...files(5, 500)])).toEqual([]);
});

it('reports a file beyond the hard limit by name', () => {
  expect(judgeSizes([...files(95, 100), ...files(1, 601)])).toEqual([
    'src/f601-0.ts has 601 lines, the limit is 600',
  ]);
});

it('reports when long files become common', () => {
  expect(judgeSizes([...files(94, 100), ...files(6, 401)])).toEqual([
    expect.stringContaining('more than 5 % of the files have over 400 lines'),
  ]);
});
