import { expect, test } from 'vitest';
import { silentLogger } from '../observability/logger.ts';
import type { NewAuditEntry } from '../storage/repositories/audit-repository.ts';
import { AuditTrail } from './audit-trail.ts';

function fixture() {
  const clock = { now: 0, monotonic: () => clock.now };
  const written: NewAuditEntry[] = [];
  const audit = { append: async (entry: NewAuditEntry) => void written.push(entry) };
  // Only `append` is used.
  return { clock, written, trail: new AuditTrail(audit as never, clock, silentLogger) };
}

test('a flood of wrong passwords from many clients writes a bounded number of entries', async () => {
  const { clock, written, trail } = fixture();
  for (let client = 0; client < 10_000; client += 1) await trail.loginFailed(`10.0.0.${client}`);
  expect(written).toHaveLength(100);
  clock.now = 3_600_000;
  await trail.loginFailed('10.1.1.1');
  expect(written.slice(100)).toEqual([
    expect.objectContaining({
      action: 'auth.refusals_not_written',
      detail: '9900 refused requests before this entry',
    }),
    expect.objectContaining({ action: 'auth.login', target: '10.1.1.1', status: 'deny' }),
  ]);
});

test('a flood of strangers hides no refusal of a known caller', async () => {
  const { written, trail } = fixture();
  for (let client = 0; client < 500; client += 1) {
    await trail.refused({ actor: `10.0.0.${client}`, action: 'auth.unauthorized', target: '/api/sessions' });
  }
  await trail.refused({ actor: 'api-key:3', action: 'api_key.scope_denied', target: 'operator.admin /x' });
  expect(written.at(-1)).toMatchObject({ actor: 'api-key:3' });
});

test('an hour of flood writes a trickle', async () => {
  const { clock, written, trail } = fixture();
  for (let second = 0; second < 3600; second += 1) {
    clock.now = second * 1000;
    await trail.loginFailed(`10.0.0.${second}`);
  }
  const denials = written.filter(({ action }) => action === 'auth.login');
  expect(denials.length).toBeLessThan(100 + 3600 / 12 + 1);
});
