import { describe, expect, it, vi } from 'vitest';
import { type FakeStream, fakeStream, memoryStorage } from '../testing/fake-stream.ts';
import { answerText } from './run-state.ts';
import { MAX_HELD_RUNS, RunStreams, type RunStreamsPorts } from './run-streams.ts';

function setUp(changes: Partial<RunStreamsPorts> = {}) {
  const streams = new Map<string, FakeStream>();
  const opened: string[] = [];
  const frames: (() => void)[] = [];
  const ended: string[] = [];
  const runs = new RunStreams({
    open: async (runId, lastEventId) => {
      opened.push(`${runId}@${lastEventId}`);
      const stream = streams.get(runId) ?? fakeStream();
      streams.set(runId, stream);
      return stream.response;
    },
    pause: () => new Promise(() => undefined),
    now: () => 0,
    onNextFrame: (callback) => frames.push(callback),
    storage: memoryStorage(),
    onEnded: (run) => ended.push(`${run.runId}:${run.phase}`),
    ...changes,
  });
  const streamOf = (runId: string) => {
    const stream = streams.get(runId) ?? fakeStream();
    streams.set(runId, stream);
    return stream;
  };
  return { runs, streamOf, opened, frames, ended };
}

describe('RunStreams', () => {
  it('opens one stream per run, however often it is asked for', async () => {
    const { runs, opened } = setUp();
    runs.follow('r1');
    runs.follow('r1');
    await vi.waitFor(() => expect(opened).toEqual(['r1@0']));
  });

  it('tells about the first text at once and about more once per frame', async () => {
    const { runs, streamOf, frames } = setUp();
    runs.follow('r1');
    const listener = vi.fn();
    runs.subscribe(listener);
    const stream = streamOf('r1');
    stream.send('delta', { delta: 'a' }, 1);
    await vi.waitFor(() => expect(runs.get('r1')?.lastEventId).toBe(1));
    expect(listener.mock.calls.length).toBeGreaterThan(0);
    for (const frame of frames.splice(0)) frame();
    const callsAtFirstText = listener.mock.calls.length;
    for (let id = 2; id <= 20; id += 1) stream.send('delta', { delta: 'b' }, id);
    await vi.waitFor(() => expect(runs.get('r1')?.lastEventId).toBe(20));
    expect(listener).toHaveBeenCalledTimes(callsAtFirstText);
    for (const frame of frames.splice(0)) frame();
    expect(listener).toHaveBeenCalledTimes(callsAtFirstText + 1);
  });

  it('gives the same object until something of the run changes', () => {
    const { runs } = setUp();
    runs.follow('r1');
    expect(runs.get('r1')).toBe(runs.get('r1'));
    expect(runs.heldRunIds()).toBe(runs.heldRunIds());
  });

  it('reports the end of a run once', async () => {
    const { runs, streamOf, ended } = setUp();
    streamOf('r1').send('done', { response: 'x' }, 1);
    runs.follow('r1');
    await vi.waitFor(() => expect(ended).toEqual(['r1:done']));
  });

  it('says that it reconnects while a stream is down', async () => {
    const { runs, streamOf } = setUp();
    runs.follow('r1');
    await vi.waitFor(() => expect(runs.heldRunIds().size).toBe(1));
    expect(runs.isReconnecting()).toBe(false);
    streamOf('r1').break();
    await vi.waitFor(() => expect(runs.isReconnecting()).toBe(true));
  });

  it('continues after a reload where it was, with the text it had', async () => {
    const storage = memoryStorage();
    const before = setUp({ storage });
    before.runs.follow('r1');
    before.streamOf('r1').send('delta', { delta: 'Hello ' }, 1);
    await vi.waitFor(() => expect(before.runs.get('r1')?.lastEventId).toBe(1));
    before.runs.saveActive();

    const after = setUp({ storage });
    after.runs.restoreActive();
    await vi.waitFor(() => expect(after.opened).toEqual(['r1@1']));
    after.streamOf('r1').send('delta', { delta: 'again' }, 2);
    await vi.waitFor(() => expect(answerText(after.runs.get('r1')!)).toBe('Hello again'));
  });

  it('forgets the oldest finished runs', async () => {
    const { runs, streamOf, ended } = setUp();
    for (let index = 0; index <= MAX_HELD_RUNS; index += 1) {
      streamOf(`r${index}`).send('done', { response: 'x' }, 1);
      runs.follow(`r${index}`);
      await vi.waitFor(() => expect(ended).toHaveLength(index + 1), { interval: 1 });
    }
    runs.follow('newest');
    expect(runs.heldRunIds().size).toBeLessThanOrEqual(MAX_HELD_RUNS);
    expect(runs.get('r0')).toBeUndefined();
    expect(runs.get('newest')).toBeDefined();
  });
});
