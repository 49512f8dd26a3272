import { describe, expect, it } from 'vitest';
import { MIGRATIONS } from './list.ts';
import { migrationChecksum } from './migration.ts';

describe('migrationChecksum', () => {
  const base = {
    version: 1,
    name: 'base',
    statements: ['create table a (\n  b text\n)', 'create table c (d)'],
  };

  it('changes with every statement and their borders', () => {
    const checksums = [
      base,
      { ...base, statements: ['create table a (\n  b text\n)'] },
      { ...base, statements: [base.statements.join('\n')] },
      { ...base, statements: ['create table a (\n  b integer\n)', 'create table c (d)'] },
    ].map(migrationChecksum);
    expect(new Set(checksums).size).toBe(4);
  });

  it('does not depend on indentation or name', () => {
    const other = {
      version: 1,
      name: 'other',
      statements: ['create table a (\nb text\n    )', ' create table c (d) '],
    };
    expect(migrationChecksum(other)).toBe(migrationChecksum(base));
  });
});

describe('MIGRATIONS', () => {
  it('are numbered from 1 without gaps', () => {
    expect(MIGRATIONS.map((migration) => migration.version)).toEqual(MIGRATIONS.map((_, index) => index + 1));
  });

  it('have not changed since they were released', () => {
    for (const migration of MIGRATIONS) expect(migration.checksum).toBe(migrationChecksum(migration));
  });
});
