/**
 * Work that reads the whole file and would keep everybody waiting on the owner's connection. It runs in a thread and
 * on a read-only connection of its own; in write-ahead mode readers and the writer do not block each other.
 */
import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { findProblems } from './open-database.ts';

const BUSY_TIMEOUT_MS = 5000;

/**
 * Writes a consistent, compact copy of the database. The target appears complete and flushed, or not at all; an
 * existing target is replaced.
 */
export function backupTo(path: string, target: string, partial: string): void {
  rmSync(partial, { force: true });
  const database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
  try {
    closeSync(openSync(partial, 'w', 0o600));
    database.prepare('vacuum into ?').run(partial);
    flush(partial);
    renameSync(partial, target);
  } finally {
    database.close();
    rmSync(partial, { force: true });
  }
}

/** What is wrong with the file; empty when it is sound. */
export function checkFile(path: string): readonly string[] {
  const database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
  try {
    return findProblems(database);
  } finally {
    database.close();
  }
}

function flush(path: string): void {
  const handle = openSync(path, 'r+');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
