import { expect, it } from 'vitest';
import { HeapTidying } from './heap-tidying.ts';

const MEBIBYTE = 1024 * 1024;

function fakeHeap() {
  const state = { used: 8 * MEBIBYTE, live: 7 * MEBIBYTE, collections: 0 };
  const collect = () => {
    state.collections += 1;
    state.used = state.live;
  };
  return { state, tidying: new HeapTidying({ used: () => state.used, collect }) };
}

it('collects once enough garbage has come together, and again only after as much more', () => {
  const { state, tidying } = fakeHeap();
  tidying.tidy();
  state.used += MEBIBYTE;
  tidying.tidy();
  expect(state.collections).toBe(0);
  state.used += 2 * MEBIBYTE;
  tidying.tidy();
  tidying.tidy();
  expect(state.collections).toBe(1);
  state.used += 2 * MEBIBYTE;
  tidying.tidy();
  expect(state.collections).toBe(2);
});

it('collects what came before the first look, too', () => {
  const { state, tidying } = fakeHeap();
  state.used += 10 * MEBIBYTE;
  tidying.tidy();
  expect(state.collections).toBe(1);
});

it('really collects the heap of its own thread, and leaves no `gc` behind', () => {
  const tidying = new HeapTidying();
  const before = process.memoryUsage().heapUsed;
  expect(bytesWithGarbage() - before).toBeGreaterThan(10 * MEBIBYTE);
  tidying.tidy();
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(8 * MEBIBYTE);
  expect('gc' in globalThis).toBe(false);
});

/** The heap in use while many objects live that nobody holds afterwards. */
function bytesWithGarbage(): number {
  const objects = Array.from({ length: 500_000 }, (_, index) => ({ index }));
  const { heapUsed } = process.memoryUsage();
  return objects.length === 0 ? 0 : heapUsed;
}
