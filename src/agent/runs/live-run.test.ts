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

describe('RunRegistry', () => {
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
