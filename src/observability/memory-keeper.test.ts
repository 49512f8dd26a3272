import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startMemoryKeeper } from './memory-keeper.ts';

const MEBIBYTE = 1024 * 1024;
const INTERVAL_MS = 1000;

describe('the memory keeper', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** A process whose heap and processor time the test sets. */
  function fakeProcess() {
    const state = { heap: 30 * MEBIBYTE, cpu: 0, live: 16 * MEBIBYTE, collections: 0 };
    const port = {
      heapUsed: () => state.heap,
      cpuMs: () => state.cpu,
      collect: () => {
        state.collections += 1;
        state.heap = state.live;
      },
    };
    return { state, keeper: startMemoryKeeper({ port, intervalMs: INTERVAL_MS }) };
  }

  it('collects the garbage of starting as soon as the program is idle', () => {
    const { state } = fakeProcess();
    vi.advanceTimersByTime(INTERVAL_MS);
    state.cpu += 400;
    vi.advanceTimersByTime(INTERVAL_MS);
    expect(state.collections).toBe(0);
    vi.advanceTimersByTime(INTERVAL_MS);
    expect(state.collections).toBe(1);
  });

  it('leaves an idle program without garbage alone', () => {
    const { state } = fakeProcess();
    vi.advanceTimersByTime(2 * INTERVAL_MS);
    state.heap += 3 * MEBIBYTE;
    vi.advanceTimersByTime(100 * INTERVAL_MS);
    expect(state.collections).toBe(1);
  });

  it('waits for the end of work before it collects what work has left', () => {
    const { state } = fakeProcess();
    vi.advanceTimersByTime(2 * INTERVAL_MS);
    for (let second = 0; second < 5; second += 1) {
      state.cpu += 500;
      state.heap += 10 * MEBIBYTE;
      vi.advanceTimersByTime(INTERVAL_MS);
    }
    expect(state.collections).toBe(1);
    vi.advanceTimersByTime(INTERVAL_MS);
    expect([state.collections, state.heap]).toEqual([2, state.live]);
  });

  it('does nothing after it was stopped', () => {
    const { state, keeper } = fakeProcess();
    keeper.stop();
    keeper.stop();
    vi.advanceTimersByTime(10 * INTERVAL_MS);
    expect(state.collections).toBe(0);
  });
});

it('really collects in a process, and leaves no `gc` behind', async () => {
  const module = join(import.meta.dirname, 'memory-keeper.ts');
  const script = `
    import { startMemoryKeeper } from ${JSON.stringify(module)};
    let dropped = Array.from({ length: 200_000 }, (_, index) => ({ index }));
    globalThis.registry = new FinalizationRegistry(() => { console.log(typeof globalThis.gc); clearInterval(alive); });
    globalThis.registry.register(dropped, 0);
    dropped = undefined;
    startMemoryKeeper({ intervalMs: 100 });
    const alive = setInterval(() => {}, 1000);
  `;
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', script],
    {
      timeout: 10_000,
    },
  );
  expect(stdout.trim()).toBe('undefined');
  // V8 complains there about a flag that it does not know.
  expect(stderr).toBe('');
});
