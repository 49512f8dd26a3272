import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StorageFixture } from '../../../test/support/storage-fixture.ts';
import { listMigrationBackups } from './backup-ring.ts';
import { MIGRATIONS } from './list.ts';
import type { Migration } from './migration.ts';

const NEXT: Migration = {
  version: MIGRATIONS.length + 1,
  name: 'notes',
  statements: [
    'create table notes (body text not null)',
    "insert into notes values ('made by the migration')",
  ],
};

describe('migrate', () => {
  let fixture: StorageFixture;

  beforeEach(async () => {
    fixture = await StorageFixture.open();
  });

  afterEach(() => fixture.dispose());

  /** What the file says, read by itself. */
  async function inspect(sql: string, path = fixture.path): Promise<Record<string, unknown>[]> {
    await fixture.storage.close();
    const database = new DatabaseSync(path);
    const rows = database.prepare(sql).all();
    database.close();
    return rows.map((row) => ({ ...row }));
  }

  it('records every migration with its time and the version for people', async () => {
    expect(await fixture.repositories.meta.get('schema_version')).toBe(String(MIGRATIONS.length));
    const [first] = await inspect('select * from schema_migrations');
    expect(first).toMatchObject({
      version: 1,
      name: 'initial schema',
      applied_at: '2030-01-01T00:00:00.000Z',
    });
    expect(first?.checksum).toMatch(/^[0-9a-f]{64}$/);
  });

  it('changes nothing and copies nothing when the schema is current', async () => {
    await fixture.reopen();
    expect(await listMigrationBackups(fixture.path)).toEqual([]);
  });

  it('copies a database that holds data before its first pending migration', async () => {
    await fixture.repositories.meta.set('fact', 'kept');
    await fixture.reopen({ migrations: [...MIGRATIONS, NEXT] });
    expect(await fixture.repositories.meta.get('fact')).toBe('kept');
    expect(await fixture.repositories.meta.get('schema_version')).toBe(String(NEXT.version));
    const [backup = ''] = await listMigrationBackups(fixture.path);
    expect(backup).toBe(`${fixture.path}.backup-v${MIGRATIONS.length}-20300101T000000000Z`);
    expect(await inspect('select body from notes')).toHaveLength(1);
    expect(await inspect("select value from db_meta where key = 'fact'", backup)).toEqual([
      { value: 'kept' },
    ]);
    expect(await inspect("select name from sqlite_master where name = 'notes'", backup)).toEqual([]);
  });

  it('applies a migration whole or not at all', async () => {
    const broken = { ...NEXT, statements: [...NEXT.statements, 'insert into missing values (1)'] };
    await expect(fixture.reopen({ migrations: [...MIGRATIONS, broken] })).rejects.toMatchObject({
      code: 'MC_STORAGE_MIGRATION_FAILED',
      message: expect.stringContaining('no such table: missing'),
    });
    expect(await inspect("select name from sqlite_master where name = 'notes'")).toEqual([]);
    expect(await inspect('select version from schema_migrations')).toHaveLength(MIGRATIONS.length);
    await fixture.reopen({ migrations: [...MIGRATIONS, NEXT] });
  });

  it('refuses a newer database with a hint and leaves every byte as it was', async () => {
    await fixture.reopen({ migrations: [...MIGRATIONS, NEXT] });
    await fixture.storage.close();
    const before = await readFile(fixture.path);
    await expect(fixture.reopen()).rejects.toMatchObject({
      code: 'MC_STORAGE_TOO_NEW',
      kind: 'config',
      message: expect.stringContaining(`schema version ${NEXT.version}`),
      hint: expect.stringContaining('newer version'),
    });
    expect(before.equals(await readFile(fixture.path))).toBe(true);
    await fixture.reopen({ migrations: [...MIGRATIONS, NEXT] });
  });

  it('refuses a database whose history differs from the program', async () => {
    await fixture.reopen({ migrations: [...MIGRATIONS, NEXT] });
    const changed = { ...NEXT, statements: ['create table notes (body text)'] };
    await expect(fixture.reopen({ migrations: [...MIGRATIONS, changed] })).rejects.toMatchObject({
      code: 'MC_STORAGE_MIGRATION_CHANGED',
      data: { version: NEXT.version },
    });
  });

  it('refuses a database of another program and does not add to it', async () => {
    await fixture.storage.close();
    const path = `${fixture.directory}/other.db`;
    const other = new DatabaseSync(path);
    other.exec('create table chats (id integer)');
    other.close();
    const { openStorage } = await import('../storage.ts');
    await expect(openStorage({ path, clock: fixture.clock })).rejects.toMatchObject({
      code: 'MC_STORAGE_FOREIGN_DATABASE',
    });
    expect(await inspect('select name from sqlite_master', path)).toEqual([{ name: 'chats' }]);
  });

  it('removes the unfinished copies of processes that were killed, and no other file', async () => {
    const unfinished = `${fixture.path}.backup-v1-20291231T235959999Z.partial`;
    const others = [
      `${fixture.path}.backup-v1-20291231T235959999Z`,
      `${fixture.path}.backup-of-mine.partial`,
    ];
    for (const file of [unfinished, `${unfinished}-journal`, ...others]) await writeFile(file, 'half');
    await fixture.reopen({ migrations: [...MIGRATIONS, NEXT] });
    const left = (await readdir(fixture.directory)).filter((name) => name.includes('backup'));
    const made = `${fixture.path}.backup-v${MIGRATIONS.length}-20300101T000000000Z`;
    expect(left.sort()).toEqual([...others, made].map((file) => basename(file)).sort());
  });

  it('keeps the newest five copies and nothing else', async () => {
    const migrations = [...MIGRATIONS];
    for (let index = 0; index < 7; index += 1) {
      fixture.clock.advance(1000);
      const version = migrations.length + 1;
      migrations.push({ version, name: `step ${version}`, statements: [`create table step${version} (a)`] });
      await fixture.reopen({ migrations });
    }
    const backups = await listMigrationBackups(fixture.path);
    const from = backups.map((backup) => /backup-v(\d+)-/.exec(backup)?.[1]);
    const newest = MIGRATIONS.length + 6;
    expect(from).toEqual([0, 1, 2, 3, 4].map((older) => String(newest - older)));
    const files = (await readdir(fixture.directory)).filter((name) => name.includes('backup'));
    expect(files).toHaveLength(5);
  });
});
