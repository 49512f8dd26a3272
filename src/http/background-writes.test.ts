import { expect, test } from 'vitest';
import { silentLogger } from '../observability/logger.ts';
import { AuditTrail } from './audit-trail.ts';
import { BackgroundWrites } from './background-writes.ts';

function recordingLogger() {
  const lines: Record<string, unknown>[] = [];
  const record = (fields: Record<string, unknown>, message: string) => lines.push({ ...fields, message });
  return { lines, logger: { ...silentLogger, warn: record, error: record } };
}

test('settling waits for writes under way, and a failed one is logged and harms nobody', async () => {
  const { lines, logger } = recordingLogger();
  const writes = new BackgroundWrites(logger);
  const slow = Promise.withResolvers<void>();
  let settled = false;
  writes.start('slow', slow.promise);
  writes.start('broken', Promise.reject(new Error('disk full')));
  const settling = writes.settle().then(() => {
    settled = true;
  });
  await expect.poll(() => lines).toMatchObject([{ what: 'broken', message: 'background write failed' }]);
  expect(settled).toBe(false);
  slow.resolve();
  await settling;
  expect(settled).toBe(true);
});

test('an audit entry that cannot be written is logged and fails no request', async () => {
  const { lines, logger } = recordingLogger();
  const audit = { append: () => Promise.reject(new Error('disk full')) };
  // Only `append` is used.
  const trail = new AuditTrail(audit as never, { monotonic: () => 0 }, logger);
  await trail.record({ actor: 'cli', action: 'session.delete', status: 'ok' });
  expect(lines).toMatchObject([{ action: 'session.delete', message: 'audit entry not written' }]);
});
