import { describe, expect, it } from 'vitest';
import type { TurnEvent } from '../turn-event.ts';
import { LiveRun } from './live-run.ts';
import { RunRegistry } from './run-registry.ts';

const facts = { runId: 'r', chatId: 1, sessionKey: 'main', actorId: 'x', baseSeq: 0 };
const newRun = (maxEvents = 100) => new LiveRun(facts, { maxEvents, now: () => 5 });

async function collect(events: AsyncIterable<TurnEvent>): Promise<string[]> {
  const seen: string[] = [];
  for await (const event of events) seen.push(`${event.seq}:${event.kind}`);
  return seen;
}

describe('LiveRun', () => {
  it('replays held events, then live ones, and ends after the terminal event', async () => {
    const run = newRun();
    run.publish({ kind: 'started' });
    const reader = collect(run.follow(0));
    run.publish({ kind: 'delta', text: 'a' });
    run.publish({ kind: 'done', response: 'a' });
    expect(await reader).toEqual(['1:started', '2:delta', '3:done']);
    expect(await collect(run.follow(2))).toEqual(['3:done']);
    expect(await collect(run.follow(3))).toEqual([]);
  });

  it('drops events after the end', async () => {
    const run = newRun();
    run.publish({ kind: 'aborted', text: null });
    run.publish({ kind: 'delta', text: 'late' });
    expect(await collect(run.follow(0))).toEqual(['1:aborted']);
  });

  it('serves a slow reader from the oldest event it still holds', async () => {
    const run = newRun(3);
    for (let index = 0; index < 6; index += 1) run.publish({ kind: 'delta', text: String(index) });
    run.publish({ kind: 'done', response: '' });
    expect(run.oldestSeq).toBe(5);
    expect(await collect(run.follow(0))).toEqual(['5:delta', '6:delta', '7:done']);
  });

  it('continues the numbering of an earlier process', () => {
    const run = new LiveRun({ ...facts, baseSeq: 1_000_000 }, { maxEvents: 5, now: () => 5 });
    run.publish({ kind: 'started' });
    expect(run.lastSeq).toBe(1_000_001);
  });

  it('lets a waiter give up without ending the run', async () => {
    const run = newRun();
    const controller = new AbortController();
    const waiting = run.ended(controller.signal);
    controller.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    const again = run.ended();
    run.publish({ kind: 'done', response: 'x' });
    expect(await again).toMatchObject({ kind: 'done', response: 'x' });
  });
});

describe('observers of a LiveRun', () => {
  it('are forgotten when they leave while the run is silent', async () => {
    const run = newRun();
    for (let visit = 0; visit < 5; visit += 1) {
      const reader = run.follow(0);
      const reading = reader.next();
      expect(run.observers).toBe(1);
      await reader.return?.();
      expect(await reading).toEqual({ done: true, value: undefined });
      const controller = new AbortController();
      const waiting = run.ended(controller.signal);
      controller.abort(new Error('left'));
      await expect(waiting).rejects.toThrow('left');
    }
    expect(run.observers).toBe(0);
  });

  it('get nothing more after they have left', async () => {
    const run = newRun();
    const reader = run.follow(0);
    await reader.return?.();
    run.publish({ kind: 'started' });
    expect((await reader.next()).done).toBe(true);
  });

  it('may ask for several events at once and get them in order', async () => {
    const run = newRun();
    const reader = run.follow(0);
    const reads = [reader.next(), reader.next(), reader.next()];
    run.publish({ kind: 'started' });
    run.publish({ kind: 'done', response: '' });
    const results = await Promise.all(reads);
    expect(results.map((result) => (result.done ? 'end' : result.value.kind))).toEqual([
      'started',
      'done',
      'end',
    ]);
  });

  it('are released without a terminal event when the process leaves the run', async () => {
    const run = newRun();
    const reader = collect(run.follow(0));
    const waiting = run.ended();
    run.publish({ kind: 'started' });
    run.leave();
    expect(await reader).toEqual(['1:started']);
    await expect(waiting).rejects.toMatchObject({ code: 'MC_AGENT_STOPPING' });
    await expect(run.ended()).rejects.toMatchObject({ code: 'MC_AGENT_STOPPING' });
    expect(await collect(run.follow(0))).toEqual(['1:started']);
  });

  it('find the end when the run was left after it', async () => {
    const run = newRun();
    run.publish({ kind: 'done', response: 'x' });
    run.leave();
    expect(await run.ended()).toMatchObject({ kind: 'done' });
  });
});

describe('the memory of a LiveRun', () => {
  it('is bounded by characters, but keeps the newest event whatever its size', () => {
    const run = new LiveRun(facts, { maxEvents: 100, maxCharacters: 1000, now: () => 5 });
    for (let index = 0; index < 20; index += 1) run.publish({ kind: 'delta', text: 'x'.repeat(200) });
    expect(run.heldCharacters).toBeLessThanOrEqual(1000);
    run.publish({ kind: 'done', response: 'y'.repeat(5000) });
    expect(run.oldestSeq).toBe(21);
  });
});

describe('RunRegistry', () => {
  it('forgets finished runs that together are too large', () => {
    const clock = { now: () => 0, monotonic: () => 0, sleep: async () => {} };
    const limits = { maxEvents: 5, retentionMs: 100, maxFinished: 100, maxFinishedCharacters: 3000 };
    const registry = new RunRegistry(limits, clock);
    for (const runId of ['a', 'b', 'c', 'd']) {
      const run = registry.create({ ...facts, runId });
      run.publish({ kind: 'done', response: 'x'.repeat(1000) });
      registry.retire(run);
    }
    expect(['a', 'b', 'c', 'd'].filter((runId) => registry.find(runId) !== undefined)).toEqual(['c', 'd']);
  });

  it('forgets finished runs after their time and beyond their number', () => {
    let now = 0;
    const clock = { now: () => now, monotonic: () => now, sleep: async () => {} };
    const registry = new RunRegistry({ maxEvents: 5, retentionMs: 100, maxFinished: 2 }, clock);
    const finish = (runId: string) => registry.retire(registry.create({ ...facts, runId }));
    for (const runId of ['a', 'b', 'c']) finish(runId);
    expect([registry.find('a'), registry.find('b')?.runId]).toEqual([undefined, 'b']);
    now = 150;
    finish('d');
    expect([registry.find('b'), registry.find('c'), registry.find('d')?.runId]).toEqual([
      undefined,
      undefined,
      'd',
    ]);
  });
});
