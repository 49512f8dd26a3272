import { describe, expect, it } from 'vitest';
import { memoryStorage } from '../../testing/fake-stream.ts';
import { readScrollPlace, saveScrollPlace } from './scroll-place.ts';

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

  it('is not kept for a transcript whose heights would fill the storage', () => {
    const storage = memoryStorage();
    const measurements = Array.from({ length: 2_001 }, (_, index) => row(index));
    saveScrollPlace(storage, 'main', { place: { offset: 1, measurements } });
    expect(readScrollPlace(storage, 'main')).toBeNull();
  });
});
