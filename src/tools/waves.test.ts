import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ConcurrencyClass } from './tool.ts';
import { planWaves, runLimited } from './waves.ts';

describe('waves', () => {
  test('keep the order, hold only read-only calls together, and are as long as possible', () => {
    const classes = fc.array(fc.constantFrom<ConcurrencyClass>('read_only', 'side_effect', 'exclusive'), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(classes, (items) => {
        const numbered = items.map((concurrency, index) => ({ concurrency, index }));
        const waves = planWaves(numbered, (item) => item.concurrency);
        expect(waves.flat().map((item) => item.index)).toEqual(numbered.map((item) => item.index));
        for (const wave of waves) {
          if (wave.length !== 1) expect(wave.every((item) => item.concurrency === 'read_only')).toBe(true);
        }
        waves.slice(1).forEach((wave, index) => {
          const previous = waves[index]?.at(-1)?.concurrency;
          expect(wave[0]?.concurrency === 'read_only' && previous === 'read_only').toBe(false);
        });
      }),
    );
  });
});

describe('running with a limit', () => {
  const never = new AbortController().signal;

  test('returns results in the order of the items', async () => {
    const results = await runLimited([30, 10, 20], 2, never, async (item) => {
      await new Promise((resolve) => setTimeout(resolve, item / 10));
      return item * 2;
    });
    expect(results).toEqual([60, 20, 40]);
  });

  test('after a failure begins nothing new and rejects when the begun ones have ended', async () => {
    const begun: number[] = [];
    const ended: number[] = [];
    const running = runLimited([1, 2, 3, 4], 2, never, async (item) => {
      begun.push(item);
      if (item === 1) throw new Error('first');
      await new Promise((resolve) => setImmediate(resolve));
      ended.push(item);
    });
    await expect(running).rejects.toThrow('first');
    expect(begun).toEqual([1, 2]);
    expect(ended).toEqual([2]);
  });

  test('begins nothing after an abort', async () => {
    const results = await runLimited([1, 2], 1, AbortSignal.abort(), async (item) => item);
    expect(results).toEqual([undefined, undefined]);
  });
});
