import { describe, expect, it } from 'vitest';
import { untilAborted } from './until-aborted.ts';

describe('untilAborted', () => {
  it('settles as the work does', async () => {
    const { signal } = new AbortController();
    expect(await untilAborted(signal, Promise.resolve(1))).toBe(1);
    await expect(untilAborted(signal, Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  });

  it('rejects with the reason of an abort, also of an earlier one, whatever the work does later', async () => {
    const controller = new AbortController();
    const work = Promise.withResolvers<number>();
    const waiting = untilAborted(controller.signal, work.promise);
    controller.abort(new Error('stop'));
    await expect(waiting).rejects.toThrow('stop');
    await expect(untilAborted(controller.signal, work.promise)).rejects.toThrow('stop');
    work.reject(new Error('nobody listens any more'));
    await expect(work.promise).rejects.toThrow('nobody');
  });
});
