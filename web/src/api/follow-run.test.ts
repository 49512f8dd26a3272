import { describe, expect, it, vi } from 'vitest';
import { type FakeStream, fakeStream } from '../testing/fake-stream.ts';
import { ApiError, NetworkError } from './api-error.ts';
import { followRun, SILENCE_LIMIT_MS } from './follow-run.ts';
import type { RunEvent } from './run-event.ts';

type Opening = FakeStream | Error;

/** Follows a run whose connections are the given ones, in order. */
function follow(openings: readonly Opening[], lastEventId = 0) {
  const asked: number[] = [];
  const pauses: number[] = [];
  const connections: boolean[] = [];
  const events: RunEvent[] = [];
  const stop = new AbortController();
  const result = followRun(
    {
      open: async (after) => {
        const opening = openings[asked.length];
        asked.push(after);
        if (opening === undefined) throw new NetworkError('no more connections');
        if (opening instanceof Error) throw opening;
        return opening.response;
      },
      pause: async (ms) => {
        pauses.push(ms);
        if (asked.length > openings.length) stop.abort();
      },
      onEvent: (event) => events.push(event),
      onConnection: (connected) => connections.push(connected),
    },
    lastEventId,
    stop.signal,
  );
  return {
    result,
    asked,
    pauses,
    connections,
    texts: () => events.map((event) => (event.kind === 'delta' ? event.text : event.kind)),
    stop,
  };
}

describe('followRun', () => {
  it('hands on the events and ends with the terminal one', async () => {
    const stream = fakeStream();
    stream.send('delta', { delta: 'a' }, 1);
    stream.send('done', { response: 'a' }, 2);
    const run = follow([stream]);
    await expect(run.result).resolves.toBe('ended');
    expect(run.texts()).toEqual(['a', 'done']);
  });

  it('continues after the last event when the connection breaks, and takes nothing in twice', async () => {
    const [first, second] = [fakeStream(), fakeStream()];
    first.send('delta', { delta: 'a' }, 1);
    first.send('delta', { delta: 'b' }, 2);
    second.send('delta', { delta: 'b' }, 2);
    second.send('delta', { delta: 'c' }, 3);
    second.send('done', { response: 'abc' }, 4);
    const run = follow([first, second]);
    await vi.waitFor(() => expect(run.texts()).toEqual(['a', 'b']));
    first.break();
    await expect(run.result).resolves.toBe('ended');
    expect(run.asked).toEqual([0, 2]);
    expect(run.texts()).toEqual(['a', 'b', 'c', 'done']);
    expect(run.connections).toEqual([true, false, true]);
  });

  it('waits longer after each failure and briefly again after progress', async () => {
    const stream = fakeStream();
    stream.send('delta', { delta: 'a' }, 1);
    stream.close();
    const run = follow([new NetworkError('x'), new NetworkError('x'), new NetworkError('x'), stream]);
    await expect(run.result).resolves.toBe('stopped');
    expect(run.pauses).toEqual([300, 600, 1_200, 300, 600]);
  });

  it('waits as long as the server asks for', async () => {
    const run = follow([new ApiError(429, 'slow down', { retryAfterSecs: 7 })]);
    await run.result;
    expect(run.pauses[0]).toBe(7_000);
  });

  it('gives up a run that the server does not know, and one it refuses to show', async () => {
    await expect(follow([new ApiError(404, 'run not found')]).result).resolves.toBe('unknown_run');
    await expect(follow([new ApiError(403, 'forbidden')]).result).resolves.toBe('refused');
  });

  it('takes a run for over when its stream keeps ending without an event', async () => {
    const empty = () => {
      const stream = fakeStream();
      stream.send('replay_meta', { replay_truncated: false });
      stream.close();
      return stream;
    };
    await expect(follow([empty(), empty(), empty()], 5).result).resolves.toBe('unknown_run');
  });

  it('opens a new connection when the old one is silent for too long', async () => {
    vi.useFakeTimers();
    try {
      const [silent, second] = [fakeStream(), fakeStream()];
      second.send('done', { response: '' }, 1);
      const run = follow([silent, second]);
      silent.send('delta', { delta: 'a' }, 1);
      await vi.advanceTimersByTimeAsync(SILENCE_LIMIT_MS - 1);
      expect(run.asked).toHaveLength(1);
      await vi.advanceTimersByTimeAsync(1);
      silent.break(); // a real fetch rejects its body when the signal aborts
      second.send('done', { response: '' }, 2);
      await expect(run.result).resolves.toBe('ended');
      expect(run.asked).toEqual([0, 1]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('stops with the signal', async () => {
    const stream = fakeStream();
    const run = follow([stream]);
    run.stop.abort();
    stream.break();
    await expect(run.result).resolves.toBe('stopped');
  });
});
