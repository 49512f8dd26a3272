import { expect, it } from 'vitest';
import { isPlanApproval } from './plan-reply.ts';

it.each([
  ...[
    'approve',
    'Approve!',
    'APPROVED',
    'go ahead',
    'Yes',
    'ok',
    'proceed',
    'do it',
    'LGTM',
    'approve the plan',
  ],
  ...['Execute this plan.', 'yes, go ahead', 'please proceed', '批准', '执行计划', '好的'],
])('%j approves a plan', (text) => {
  expect(isPlanApproval(text)).toBe(true);
});

it.each([
  ...[
    '1',
    '2',
    '',
    'approve step 2 only',
    'yes but not the tests',
    "don't approve",
    'no',
    'disapprove',
    'deny',
  ],
  ...[
    'approve?',
    'do you approve',
    'looks good, except for step 3',
    'go to step 2',
    'not approved',
    '不批准',
    '/plan off',
  ],
])('%j does not', (text) => {
  expect(isPlanApproval(text)).toBe(false);
});

it('a long message does not, and takes no time to tell', () => {
  for (const text of [`approve${'!'.repeat(2_000_000)}`, `a${'!'.repeat(2_000_000)}b`]) {
    expect(isPlanApproval(text)).toBe(false);
  }
});
