import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { StorageFixture } from '../../test/support/storage-fixture.ts';
import { silentLogger } from '../observability/logger.ts';
import { storageErrors } from '../storage/errors.ts';
import { Maintenance } from './maintenance.ts';

let fixture: StorageFixture;
beforeEach(async () => {
  fixture = await StorageFixture.open();
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
});
afterEach(async () => {
  vi.useRealTimers();
  await fixture.dispose();
});

/** Starts the work beside a database in this state and returns what was written after half a minute. */
async function writtenWith(trouble: Error | undefined) {
  const { repositories, storage } = fixture;
  const stats = { ...storage.stats(), trouble } as ReturnType<typeof storage.stats>;
  const agent = { renewLeases: async () => {} };
  const maintenance = new Maintenance({
    agent,
    storage: { stats: () => stats, verifyFile: () => {} },
    repositories,
    onFileLost: () => {},
    logger: silentLogger,
  });
  maintenance.start();
  vi.advanceTimersByTime(30_000);
  maintenance.stop();
  return repositories.meta.listByPrefix('storage_probe');
}

it('asks a database that refused something again, though nobody else writes', async () => {
  expect(await writtenWith(storageErrors.create('DISK_FULL', 'the disk is full'))).toHaveLength(1);
});

it('writes nothing while the database is well', async () => {
  expect(await writtenWith(undefined)).toEqual([]);
});

it('tells once that the database file was taken away', async () => {
  const { repositories, storage } = fixture;
  const told: string[] = [];
  const maintenance = new Maintenance({
    agent: { renewLeases: async () => {} },
    storage,
    repositories,
    onFileLost: ({ code }) => told.push(code),
    logger: silentLogger,
  });
  maintenance.start();
  vi.advanceTimersByTime(30_000);
  expect(told).toEqual([]);
  await rm(fixture.path);
  vi.advanceTimersByTime(90_000);
  maintenance.stop();
  expect(told).toEqual(['MC_STORAGE_FILE_LOST']);
});
