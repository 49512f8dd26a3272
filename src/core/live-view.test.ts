import { expect, it } from 'vitest';
import { liveView } from './live-view.ts';

it('shows the newest object, keys that came and went included, and cannot be written', () => {
  let current: { readonly a: number; readonly b?: string; readonly sum?: () => number } = { a: 1 };
  const view = liveView(() => current);
  const copy = { ...view };
  expect([view.a, view.b, 'b' in view]).toEqual([1, undefined, false]);
  current = { a: 2, b: 'x', sum: () => 3 };
  expect([view.a, view.b, 'b' in view, view.sum?.()]).toEqual([2, 'x', true, 3]);
  expect(Object.keys(view)).toEqual(['a', 'b', 'sum']);
  expect(copy).toEqual({ a: 1 });
  expect(() => Object.assign(view, { a: 5 })).toThrow(TypeError);
});
