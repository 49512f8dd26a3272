import { expect, it } from 'vitest';
import { iterationBudgetNotice } from './iteration-budget.ts';

it.each([
  [69, undefined],
  [70, 'warning'],
  [89, 'warning'],
  [90, 'urgent'],
  [100, 'urgent'],
])('iteration %i of 100 is %s', (iteration, severity) => {
  const notice = iterationBudgetNotice(iteration, 100);
  expect(notice === undefined ? undefined : /severity="(\w+)"/.exec(notice)?.[1]).toBe(severity);
  if (notice !== undefined) expect(notice).toContain(`${100 - iteration} of 100 tool iterations left`);
});

it('counts whole percents, rounded down', () => {
  expect(iterationBudgetNotice(2, 3)).toBeUndefined();
  expect(iterationBudgetNotice(3, 4)).toContain('warning');
});
