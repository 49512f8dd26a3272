/**
 * Brings the schema of an opened database up to date.
 *
 * Invariants: forward only, one transaction per migration, each recorded with its checksum in that transaction; a file
 * that is newer, foreign or whose history differs is refused before anything is written; a database that holds data is
 * backed up before its first pending migration.
 */
import { type Clock, formatTimestamp } from '../../core/clock.ts';
import { errorMessage } from '../../core/errors.ts';
import { storageErrors } from '../errors.ts';
import type { AppliedMigration, OpenedDatabase, SqlStatement } from '../worker/protocol.ts';
import type { WorkerClient } from '../worker/worker-client.ts';
import { takeMigrationBackup } from './backup-ring.ts';
import { type Migration, recordedChecksum } from './migration.ts';

export interface MigrateOptions {
  readonly client: WorkerClient;
  readonly opened: OpenedDatabase;
  readonly migrations: readonly Migration[];
  readonly path: string;
  readonly workerUrl: URL;
  readonly clock: Clock;
}

/** Failures that say nothing about the migration itself. */
const CIRCUMSTANCES = ['DISK_FULL', 'READ_ONLY', 'IO', 'BUSY', 'CORRUPT', 'WORKER_LOST', 'CLOSED'] as const;

/**
 * Rejects with `MC_STORAGE_TOO_NEW`, `_FOREIGN_DATABASE` or `_MIGRATION_CHANGED` and has then changed nothing, or with
 * `_MIGRATION_FAILED` after the migrations before the failing one were applied.
 */
export async function migrate(options: MigrateOptions): Promise<void> {
  const { migrations, opened, path, clock } = options;
  refuseUnknown(path, opened, migrations);
  const applied = opened.applied ?? [];
  for (const entry of applied) refuseChanged(entry, migrations);
  const current = applied.at(-1)?.version ?? 0;
  const pending = migrations.filter((migration) => migration.version > current);
  if (pending.length === 0) return;
  if (opened.tableCount > 0) {
    await takeMigrationBackup({ path, workerUrl: options.workerUrl, clock, fromVersion: current });
  }
  for (const migration of pending) await apply(options.client, migration, clock);
}

function refuseUnknown(path: string, opened: OpenedDatabase, migrations: readonly Migration[]): void {
  if (opened.applied === undefined && opened.tableCount > 0) {
    throw storageErrors.create('FOREIGN_DATABASE', `${path} was not made by microclaw`, { data: { path } });
  }
  const newest = migrations.at(-1)?.version ?? 0;
  const found = opened.applied?.at(-1)?.version ?? 0;
  if (found <= newest) return;
  const message = `${path} has schema version ${found}; this program knows versions up to ${newest}`;
  throw storageErrors.create('TOO_NEW', message, { data: { path, found, known: newest } });
}

function refuseChanged(applied: AppliedMigration, migrations: readonly Migration[]): void {
  const migration = migrations.find((candidate) => candidate.version === applied.version);
  if (migration !== undefined && recordedChecksum(migration) === applied.checksum) return;
  const message = `migration ${applied.version} (${applied.name}) is not the one that was applied to this database`;
  throw storageErrors.create('MIGRATION_CHANGED', message, { data: { version: applied.version } });
}

async function apply(client: WorkerClient, migration: Migration, clock: Clock): Promise<void> {
  const { version, name } = migration;
  const appliedAt = formatTimestamp(clock.now());
  const statements: SqlStatement[] = [
    plain(`create table if not exists schema_migrations (
      version integer not null primary key,
      name text not null,
      checksum text not null,
      applied_at text not null
    ) strict`),
    ...migration.statements.map(plain),
    {
      sql: 'insert into schema_migrations (version, name, checksum, applied_at) values (?, ?, ?, ?)',
      parameters: [version, name, recordedChecksum(migration), appliedAt],
    },
    {
      sql: `insert into db_meta (key, value) values ('schema_version', ?)
        on conflict (key) do update set value = excluded.value`,
      parameters: [String(version)],
    },
  ];
  try {
    await client.write(statements, 'full');
  } catch (error) {
    if (CIRCUMSTANCES.some((name) => storageErrors.is(error, name))) throw error;
    const message = `migration ${version} (${name}) failed: ${errorMessage(error)}`;
    throw storageErrors.create('MIGRATION_FAILED', message, { cause: error, data: { version } });
  }
}

function plain(sql: string): SqlStatement {
  return { sql, parameters: [] };
}
