import { expect, test } from 'vitest';
import { silentLogger } from '../../observability/logger.ts';
import { runSelfChecks } from './run-self-checks.ts';

test('a check that fails is a warning and hides no other', async () => {
  const fine = { code: 'x', severity: 'high', message: 'm', hint: 'h' } as const;
  const broken = () => Promise.reject(new Error('the disk is gone'));
  const warnings = await runSelfChecks(
    [
      { name: 'the lists', run: broken },
      { name: 'the rest', run: () => [fine] },
    ],
    silentLogger,
  );
  expect(warnings).toEqual([
    expect.objectContaining({ code: 'self_check_failed', message: expect.stringContaining('the lists') }),
    fine,
  ]);
});
