import { describe, expect, it } from 'vitest';
import { memoryStorage } from '../../testing/fake-stream.ts';
import { firstRowKey, offsetAmong, readScrollPlace, saveScrollPlace } from './scroll-place.ts';

const row = (index: number) => ({ key: `k${index}`, index, start: index, end: index + 1, size: 1, lane: 0 });

describe('scroll place', () => {
  it('is kept per chat and forgotten at the end', () => {
    const storage = memoryStorage();
    const place = { offset: 120, measurements: [row(0)] };
    saveScrollPlace(storage, 'main', { place });
    expect(readScrollPlace(storage, 'main')).toEqual(place);
    expect(readScrollPlace(storage, 'ops')).toBeNull();
    saveScrollPlace(storage, 'main', { place: null });
    expect(readScrollPlace(storage, 'main')).toBeNull();
  });

  it('begins at its oldest row and moves with what was loaded before it', () => {
    const measured = (key: string, size: number) => ({ ...row(0), key, size });
    const place = {
      offset: 100,
      measurements: [measured('d:today', 40), measured('u:1', 70), measured('r:1', 200)],
    };
    const bot = (key: string) => ({ kind: 'bot', key, text: '', atMs: 0 }) as const;
    const day = { kind: 'day', key: 'd:today', label: 'Today' } as const;
    expect(firstRowKey(place)).toBe('u:1');
    expect(firstRowKey({ offset: 0, measurements: [measured('d:today', 40)] })).toBeNull();
    expect(offsetAmong(place, [day, bot('u:1'), bot('r:1')], () => 90)).toBe(100);
    expect(offsetAmong(place, [day, bot('u:0'), bot('r:0'), bot('u:1')], () => 90)).toBe(280);
    expect(offsetAmong(place, [day, bot('u:9')], () => 90)).toBe(100);
  });

  it('is not kept for a transcript whose heights would fill the storage', () => {
    const storage = memoryStorage();
    const measurements = Array.from({ length: 2_001 }, (_, index) => row(index));
    saveScrollPlace(storage, 'main', { place: { offset: 1, measurements } });
    expect(readScrollPlace(storage, 'main')).toBeNull();
  });
});
