import { describe, expect, it } from 'vitest';
import { comparable, findRegressions, type Measure, meetsBudget } from './measure.ts';
import { median, percentile } from './statistics.ts';

const latency: Measure = {
  id: 'a',
  title: 'A',
  value: 10,
  unit: 'ms',
  budget: 12,
  better: 'lower',
  reference: 2,
};
const rate: Measure = { id: 'b', title: 'B', value: 300, unit: 'turns/s', budget: 200, better: 'higher' };

describe('a measure', () => {
  it('is compared as a ratio when the bare server was measured too', () => {
    expect([comparable(latency), comparable(rate)]).toEqual([5, 300]);
  });

  it('meets its budget in the right direction', () => {
    expect([latency, rate, { ...latency, value: 13 }, { ...rate, value: 199 }].map(meetsBudget)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('regresses when it is more than a quarter worse than the baseline', () => {
    expect(findRegressions([latency, rate], { a: 4, b: 375 })).toEqual([]);
    expect(findRegressions([latency, rate], { a: 3.9, b: 376 })).toEqual([
      expect.stringMatching(/^a: 5\.00 instead of 3\.90 \(1\.28 times worse\)/),
      expect.stringMatching(/^b: 300 instead of 376/),
    ]);
  });

  it('is not compared when the baseline does not know it', () => {
    expect(findRegressions([latency], {})).toEqual([]);
  });
});

it('takes percentiles by nearest rank', () => {
  const values = [5, 1, 4, 2, 3];
  expect([median(values), percentile(values, 0.95), percentile(values, 0), percentile([], 0.5)]).toEqual([
    3,
    5,
    1,
    Number.NaN,
  ]);
});
