import { describe, expect, it } from 'vitest';
import { formatBytes, formatCost, formatCount, formatDay, formatDuration } from './format.ts';

describe('format', () => {
  it('shows durations in the unit that fits', () => {
    expect([8, 999, 1_200, 9_949, 45_000, 185_000, 7_440_000].map(formatDuration)).toEqual([
      '8 ms',
      '999 ms',
      '1.2 s',
      '9.9 s',
      '45 s',
      '3 min 05 s',
      '2 h 04 min',
    ]);
  });

  it('shows sizes in steps of 1024', () => {
    expect([12, 1_024, 3_500, 1_300_000].map(formatBytes)).toEqual(['12 B', '1.0 KB', '3.4 KB', '1.2 MB']);
  });

  it('separates thousands', () => {
    expect([12, 3_412, 1_234_567].map(formatCount)).toEqual(['12', '3\u202f412', '1\u202f234\u202f567']);
  });

  it('keeps small costs readable', () => {
    expect([0, 0.00412, 0.0731, 1.234].map(formatCost)).toEqual(['$0', '$0.0041', '$0.073', '$1.23']);
  });

  it('names today and yesterday by the calendar, not by hours', () => {
    const now = new Date(2026, 2, 10, 0, 30);
    expect(formatDay(new Date(2026, 2, 10, 0, 5), now)).toBe('Today');
    expect(formatDay(new Date(2026, 2, 9, 23, 55), now)).toBe('Yesterday');
    expect(formatDay(new Date(2026, 2, 1, 12), now)).toContain('2026');
  });
});
