/** What a schema change consists of. */
import { createHash } from 'node:crypto';

/** One step of the schema. Once released it never changes; a later change is a new migration. */
export interface Migration {
  /** 1, 2, 3 … without gaps. */
  readonly version: number;
  readonly name: string;
  /** SQL statements, run in order in one transaction. */
  readonly statements: readonly string[];
  /**
   * What `migrationChecksum` gives, written down when the migration is released: a start compares it with the
   * database's without hashing.
   */
  readonly checksum?: string;
}

/** The checksum that is recorded when the migration is applied. */
export function recordedChecksum(migration: Migration): string {
  return migration.checksum ?? migrationChecksum(migration);
}

/** SHA-256 of what the migration does, in hex; whatever was written down. White space at the line ends is ignored. */
export function migrationChecksum(migration: Migration): string {
  const hash = createHash('sha256');
  for (const statement of migration.statements) {
    const lines = statement.trim().split('\n');
    hash.update(lines.map((line) => line.trim()).join('\n')).update('\n;\n');
  }
  return hash.digest('hex');
}
