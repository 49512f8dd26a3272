import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { ManualClock, StorageFixture } from '../../test/support/storage-fixture.ts';
import { openStorage, type Storage } from './storage.ts';

const MIB = 1024 * 1024;

function put(storage: Storage, key: string, bytes: number) {
  return storage.write([
    { query: storage.db.insertInto('db_meta').values({ key, value: 'x'.repeat(bytes) }) },
  ]);
}

/** Stores facts until one is refused; returns the refusal and how many were accepted. */
async function fill(storage: Storage): Promise<{ readonly accepted: number; readonly refusal: unknown }> {
  for (let accepted = 0; accepted < 1000; accepted += 1) {
    try {
      await put(storage, `fill-${accepted}`, 50_000);
    } catch (refusal) {
      return { accepted, refusal };
    }
  }
  throw new Error('the disk never filled up');
}

function countFilled(storage: Storage) {
  return storage.db.selectFrom('db_meta').select('key').where('key', 'like', 'fill-%').execute();
}

const FULL = {
  code: 'MC_STORAGE_DISK_FULL',
  kind: 'transient',
  hint: expect.stringContaining('nothing accepted was lost'),
};

describe('a database that reaches its size limit', () => {
  let fixture: StorageFixture;

  afterEach(() => fixture.dispose());

  it('refuses what does not fit, keeps what it accepted, and goes on when there is room again', async () => {
    fixture = await StorageFixture.open({ maxPages: 300 });
    const { accepted, refusal } = await fill(fixture.storage);
    expect(refusal).toMatchObject(FULL);
    expect(await countFilled(fixture.storage)).toHaveLength(accepted);
    await fixture.storage.db.deleteFrom('db_meta').where('key', '=', 'fill-0').execute();
    await put(fixture.storage, 'fill-again', 40_000);
    expect(await fixture.storage.check()).toMatchObject({ intact: true });
  });

  it('does not let a batch that is too large harm those that share its commit', async () => {
    fixture = await StorageFixture.open({ maxPages: 300 });
    const outcomes = await Promise.allSettled([
      put(fixture.storage, 'fill-a', 10),
      put(fixture.storage, 'fill-b', 4 * MIB),
      put(fixture.storage, 'fill-c', 10),
    ]);
    expect(outcomes).toMatchObject([{ status: 'fulfilled' }, { reason: FULL }, { status: 'fulfilled' }]);
    expect((await countFilled(fixture.storage)).map((row) => row.key)).toEqual(['fill-a', 'fill-c']);
  });
});

/** Gives `work` a file system of its own of that size. */
async function onTinyDisk(bytes: number, work: (root: string) => Promise<void>): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'microclaw-tmpfs-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', root], { stdio: 'pipe' });
    try {
      await work(root);
    } finally {
      execFileSync('umount', [root]);
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** False without root, or in a container without the right; the limit above covers the same code. */
const canMount = await onTinyDisk(MIB, async () => {}).then(
  () => true,
  () => false,
);

describe.runIf(canMount)('a disk that is full', () => {
  it('refuses writes with a hint, stays readable, and recovers when space is freed', () =>
    onTinyDisk(4 * MIB, async (root) => {
      const path = join(root, 'runtime', 'microclaw.db');
      const ballast = join(root, 'ballast');
      writeFileSync(ballast, Buffer.alloc(2 * MIB));
      let storage = await openStorage({ path, clock: new ManualClock() });
      const { accepted, refusal } = await fill(storage);
      expect(refusal).toMatchObject(FULL);
      expect(await countFilled(storage)).toHaveLength(accepted);
      await expect(put(storage, 'fill-refused', 100_000)).rejects.toMatchObject(FULL);
      rmSync(ballast);
      await put(storage, 'fill-again', 50_000);
      await storage.close();
      storage = await openStorage({ path, clock: new ManualClock() });
      expect(await countFilled(storage)).toHaveLength(accepted + 1);
      await storage.close();
    }));

  it.each([0, 4096, 16_384, 65_536])('says so when there is no room to create it (%i bytes)', (free) =>
    onTinyDisk(MIB, async (root) => {
      writeFileSync(join(root, 'ballast'), Buffer.alloc(MIB - free));
      const opening = openStorage({ path: join(root, 'microclaw.db'), clock: new ManualClock() });
      await expect(opening).rejects.toMatchObject(FULL);
    }),
  );
});
