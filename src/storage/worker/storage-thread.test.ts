import { once } from 'node:events';
import { expect, test } from 'vitest';
import { StorageThread } from './storage-thread.ts';

test('a thread that was never told what to do can be ended, more than once', async () => {
  const thread = new StorageThread();
  const exited = once(thread.worker, 'exit');
  await thread.end();
  await exited;
  await thread.end();
});

test('a thread that ended before it was told what to do refuses to do it', async () => {
  const thread = new StorageThread();
  await thread.end();
  const assignment = {
    kind: 'serve',
    path: '/nowhere/microclaw.db',
    maxPages: undefined,
    transactionIdleMs: 1000,
    checkBelowBytes: 0,
  } as const;
  await expect(thread.assign(assignment)).rejects.toMatchObject({ code: 'MC_STORAGE_WORKER_LOST' });
});
