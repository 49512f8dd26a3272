import { describe, expect, it } from 'vitest';
import { ChatLanes } from './chat-lanes.ts';

interface Job {
  readonly name: string;
  readonly chat: number;
}

/** Lanes whose jobs end when the test says so. */
function harness(maxConcurrent: number) {
  const log: string[] = [];
  const ends = new Map<string, () => void>();
  const lanes = new ChatLanes<Job>(maxConcurrent, (job) => {
    log.push(job.name);
    return new Promise<void>((resolve) => {
      ends.set(job.name, resolve);
    });
  });
  const add = (chat: number, name: string) => lanes.enqueue(chat, { name, chat });
  const end = async (name: string) => {
    ends.get(name)?.();
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  };
  return { lanes, log, add, end };
}

describe('ChatLanes', () => {
  it('runs a chat in order and other chats beside it', async () => {
    const { log, add, end } = harness(4);
    add(1, 'a1');
    add(1, 'a2');
    add(2, 'b1');
    expect(log).toEqual(['a1', 'b1']);
    await end('a1');
    expect(log).toEqual(['a1', 'b1', 'a2']);
  });

  it('keeps the order of chats that wait for a free place', async () => {
    const { log, add, end } = harness(1);
    for (const [chat, name] of [
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
    ] as const)
      add(chat, name);
    expect(log).toEqual(['a']);
    await end('a');
    await end('b');
    expect(log).toEqual(['a', 'b', 'c']);
  });

  it('hands out waiting items once and takes them back in front', async () => {
    const { lanes, log, add, end } = harness(1);
    for (const name of ['a1', 'a2', 'a3']) add(1, name);
    const taken = lanes.takePending(1);
    expect(taken.map((job) => job.name)).toEqual(['a2', 'a3']);
    add(1, 'a4');
    lanes.restorePending(1, taken);
    for (const name of ['a1', 'a2', 'a3']) await end(name);
    expect(log).toEqual(['a1', 'a2', 'a3', 'a4']);
  });

  it('starts nothing after pause and reports when the running ones are done', async () => {
    const { lanes, log, add, end } = harness(2);
    add(1, 'a1');
    add(1, 'a2');
    lanes.pause();
    const drained = lanes.drained();
    await end('a1');
    await drained;
    expect(log).toEqual(['a1']);
    expect(lanes.pending(1)).toHaveLength(1);
  });
});

describe('a lane', () => {
  it('is removed when all that waited for a free place is taken away', async () => {
    const { lanes, log, add, end } = harness(1);
    add(1, 'a');
    add(2, 'b');
    add(2, 'c');
    expect(lanes.takePending(2)).toHaveLength(2);
    expect(lanes.size).toBe(1);
    await end('a');
    expect(lanes.size).toBe(0);
    expect(log).toEqual(['a']);
  });

  it('gives its first items up to one that is not wanted', () => {
    const { lanes, add } = harness(1);
    for (const name of ['running', 'x1', 'x2', 'other', 'x3']) add(1, name);
    const taken = lanes.takeFirst(1, (job) => job.name.startsWith('x'));
    expect(taken.map((job) => job.name)).toEqual(['x1', 'x2']);
    expect(lanes.pending(1).map((job) => job.name)).toEqual(['other', 'x3']);
    expect(lanes.takeFirst(7, () => true)).toEqual([]);
  });
});

describe('a lane that is held', () => {
  it('runs the item it was held for before those that came meanwhile', async () => {
    const { lanes, log, add, end } = harness(2);
    const held = lanes.hold(1);
    add(1, 'second');
    expect(log).toEqual([]);
    held?.run({ name: 'first', chat: 1 });
    expect(log).toEqual(['first']);
    await end('first');
    expect(log).toEqual(['first', 'second']);
  });

  it('goes to what waits when it is left, or away when nothing does', () => {
    const { lanes, log, add } = harness(2);
    lanes.hold(1)?.leave();
    expect(lanes.size).toBe(0);
    const held = lanes.hold(1);
    add(1, 'next');
    held?.leave();
    expect(log).toEqual(['next']);
  });

  it('takes a place, and is given only to a chat without work while one is free', () => {
    const { lanes, log, add } = harness(2);
    add(1, 'a');
    expect(lanes.hold(1)).toBeUndefined();
    const held = lanes.hold(2);
    expect(held).toBeDefined();
    expect(lanes.hold(3)).toBeUndefined();
    add(3, 'c');
    expect(log).toEqual(['a']);
    held?.leave();
    expect(log).toEqual(['a', 'c']);
  });

  it('is waited for, and not given any more, after pause', async () => {
    const { lanes, end } = harness(2);
    const held = lanes.hold(1);
    lanes.pause();
    expect(lanes.hold(2)).toBeUndefined();
    let isDrained = false;
    const drained = lanes.drained().then(() => {
      isDrained = true;
    });
    held?.run({ name: 'a', chat: 1 });
    await end('other');
    expect(isDrained).toBe(false);
    await end('a');
    await drained;
  });

  it('starts nothing while paused, and what waits in its order afterwards', async () => {
    const { lanes, log, add, end } = harness(2);
    lanes.pause();
    for (const name of ['a1', 'a2']) add(1, name);
    add(2, 'b1');
    add(3, 'c1');
    expect(lanes.hold(4)).toBeUndefined();
    expect(log).toEqual([]);
    lanes.resume();
    expect(log).toEqual(['a1', 'b1']);
    for (const name of ['a1', 'b1', 'c1', 'a2']) await end(name);
    expect(log).toEqual(['a1', 'b1', 'c1', 'a2']);
  });
});
