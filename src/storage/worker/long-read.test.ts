import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { backupTo, checkFile } from './long-read.ts';

describe('long reads', () => {
  let directory: string;
  let path: string;
  let owner: DatabaseSync;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'microclaw-long-'));
    path = join(directory, 'a.db');
    owner = new DatabaseSync(path);
    owner.exec("pragma journal_mode = wal; create table t (a); insert into t values ('committed')");
  });

  afterEach(() => {
    owner.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const contents = (file: string) => {
    const database = new DatabaseSync(file, { readOnly: true });
    const values = database.prepare('select a from t').all();
    database.close();
    return values.map((row) => row.a);
  };

  it('copies what is committed, beside an open transaction', () => {
    owner.exec("begin immediate; insert into t values ('not yet')");
    const target = join(directory, 'copy.db');
    backupTo(path, target, `${target}.partial`);
    owner.exec('commit');
    expect(contents(target)).toEqual(['committed']);
    expect(existsSync(`${target}.partial`)).toBe(false);
    expect(statSync(target).mode & 0o777).toBe(0o600);
  });

  it('replaces an older copy and what a broken-off one left', () => {
    const target = join(directory, 'copy.db');
    writeFileSync(target, 'old');
    writeFileSync(`${target}.partial`, 'half');
    backupTo(path, target, `${target}.partial`);
    expect(contents(target)).toEqual(['committed']);
  });

  it('leaves the older copy alone when the new one fails', () => {
    const target = join(directory, 'copy.db');
    writeFileSync(target, 'old');
    writeFileSync(join(directory, 'bad.db'), 'no database, just text'.repeat(100));
    expect(() => backupTo(join(directory, 'bad.db'), target, `${target}.partial`)).toThrow();
    expect(readFileSync(target, 'utf8')).toBe('old');
    expect(existsSync(`${target}.partial`)).toBe(false);
  });

  it('finds nothing wrong with a sound file', () => {
    expect(checkFile(path)).toEqual([]);
  });
});
