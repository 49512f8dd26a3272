/**
 * The copies taken before the schema changes: `<database>.backup-v<old version>-<time>`, the newest five kept.
 *
 * Invariant: a process that is killed while it copies leaves at most one unfinished copy, however often that happens.
 */
import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Clock, formatTimestamp } from '../../core/clock.ts';
import { backupDatabase } from '../worker/worker-client.ts';

const KEPT = 5;

/**
 * Copies the database, whose owner this process is, and returns the path of the copy. Rejects with `MC_STORAGE_*` when
 * it cannot be written.
 */
export async function takeMigrationBackup(options: {
  readonly path: string;
  readonly workerUrl: URL;
  readonly clock: Clock;
  readonly fromVersion: number;
}): Promise<string> {
  const { path, workerUrl, clock, fromVersion } = options;
  await removeUnfinished(path);
  const stamp = formatTimestamp(clock.now()).replace(/[-:.]/g, '');
  const target = `${path}.backup-v${fromVersion}-${stamp}`;
  await backupDatabase({ workerUrl, path }, target);
  await removeOldBackups(path);
  return target;
}

/** Paths of the backups of a database, newest first. */
export async function listMigrationBackups(path: string): Promise<readonly string[]> {
  const pattern = /\.backup-v\d+-(\d{8}T\d{9}Z)$/;
  const names = await readdir(dirname(path));
  const stamped = names.flatMap((name) => {
    const stamp = name.startsWith(`${basename(path)}.backup-v`) ? pattern.exec(name)?.[1] : undefined;
    return stamp === undefined ? [] : [{ name, stamp }];
  });
  stamped.sort((left, right) => (left.stamp < right.stamp ? 1 : -1));
  return stamped.map(({ name }) => join(dirname(path), name));
}

/** What earlier owners were killed over; each is as large as the database may be. */
async function removeUnfinished(path: string): Promise<void> {
  const unfinished = /^\.backup-v\d+-\d{8}T\d{9}Z\.partial(-journal)?$/;
  const database = basename(path);
  for (const name of await readdir(dirname(path))) {
    if (!name.startsWith(database) || !unfinished.test(name.slice(database.length))) continue;
    await rm(join(dirname(path), name), { force: true });
  }
}

async function removeOldBackups(path: string): Promise<void> {
  const backups = await listMigrationBackups(path);
  for (const old of backups.slice(KEPT)) await rm(old, { force: true });
}
