import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LineProcess } from '../../test/support/line-process.ts';
import { systemClock } from '../core/clock.ts';
import { DatabaseLock } from './database-lock.ts';
import { storageErrors } from './errors.ts';
import { openStorage } from './storage.ts';
import { WorkerFailure } from './worker/sqlite-failure.ts';

const CHILD = fileURLToPath(new URL('../../test/support/storage-child.ts', import.meta.url));

describe('DatabaseLock', () => {
  let directory: string;
  let path: string;
  let children: LineProcess[];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'microclaw-lock-'));
    path = join(directory, 'microclaw.db');
    children = [];
  });

  afterEach(async () => {
    for (const child of children) await child.killHard();
    rmSync(directory, { recursive: true, force: true });
  });

  function child(mode: string): LineProcess {
    const started = new LineProcess(process.execPath, [CHILD, mode, path]);
    children.push(started);
    return started;
  }

  function refusal(): WorkerFailure {
    try {
      DatabaseLock.acquire(path).release();
    } catch (error) {
      if (error instanceof WorkerFailure) return error;
      throw error;
    }
    throw new Error('the lock was free');
  }

  it('is held by one owner at a time, also within one process', () => {
    const lock = DatabaseLock.acquire(path);
    expect(refusal().failure).toMatchObject({ name: 'LOCKED', data: { pid: process.pid } });
    lock.release();
    DatabaseLock.acquire(path).release();
  });

  it('says who the owner is and forgets it on release', () => {
    const lock = DatabaseLock.acquire(path);
    expect(JSON.parse(readFileSync(`${path}.owner.json`, 'utf8'))).toMatchObject({ pid: process.pid });
    lock.release();
    expect(() => readFileSync(`${path}.owner.json`)).toThrow('ENOENT');
  });

  it('does not depend on the owner file', () => {
    const lock = DatabaseLock.acquire(path);
    writeFileSync(`${path}.owner.json`, 'not json');
    expect(refusal().failure).toMatchObject({ name: 'LOCKED', data: { pid: null } });
    lock.release();
  });

  it('refuses a second process, naming the first and what to do', async () => {
    const owner = child('hold');
    await owner.waitForLine((line) => line === 'ready');
    const opening = openStorage({ path, clock: systemClock });
    const error = await opening.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(storageErrors.is(error, 'LOCKED')).toBe(true);
    expect(error).toMatchObject({
      message: expect.stringContaining(`process ${owner.pid}`),
      hint: expect.stringContaining('Stop the other process'),
    });
  });

  it.runIf(process.platform === 'linux')(
    'keeps SQLite locked in when the same process tries again',
    async () => {
      const storage = await openStorage({ path, clock: systemClock });
      const lockOf = `:${statSync(path).ino} `;
      const held = () => readFileSync('/proc/locks', 'utf8').includes(lockOf);
      expect(held()).toBe(true);
      await expect(openStorage({ path, clock: systemClock })).rejects.toMatchObject({
        code: 'MC_STORAGE_LOCKED',
      });
      await storage.backup(`${path}.copy`);
      expect(held()).toBe(true);
      await storage.close();
    },
  );

  it('is free at once after its owner was killed', async () => {
    const owner = child('hold');
    await owner.waitForLine((line) => line === 'ready');
    expect(refusal().failure.name).toBe('LOCKED');
    await owner.killHard();
    DatabaseLock.acquire(path).release();
  });

  it('is given to exactly one of several processes that start together', async () => {
    const racing = [child('hold'), child('hold'), child('hold')];
    const lines = await Promise.all(racing.map((racer) => racer.waitForLine(() => true)));
    expect(lines.filter((line) => line === 'ready')).toHaveLength(1);
    expect(lines.filter((line) => line.startsWith('MC_STORAGE_LOCKED'))).toHaveLength(2);
  });
});
