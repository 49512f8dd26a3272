import { describe, expect, it } from 'vitest';
import { WakeablePause } from './wakeable-pause.ts';

const LONG_MS = 60_000;

describe('WakeablePause', () => {
  it('ends every wait when woken', async () => {
    const waiting = new WakeablePause();
    const signal = new AbortController().signal;
    const waits = [waiting.pause(LONG_MS, signal), waiting.pause(LONG_MS, signal)];
    waiting.wake();
    await expect(Promise.all(waits)).resolves.toEqual([undefined, undefined]);
  });

  it('ends when the signal aborts, also one that had aborted before', async () => {
    const waiting = new WakeablePause();
    const stop = new AbortController();
    const wait = waiting.pause(LONG_MS, stop.signal);
    stop.abort();
    await wait;
    await waiting.pause(LONG_MS, stop.signal);
  });

  it('ends by itself after the time', async () => {
    await new WakeablePause().pause(1, new AbortController().signal);
  });
});
