/**
 * Opens the database file for its owner and looks at it before anything is written: a damaged file, a file of another
 * program and a newer schema are found here, while they are still untouched.
 */
import { closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { AppliedMigration, OpenedDatabase, WorkerAssignment } from './protocol.ts';
import { describeFailure, describeFileFailure, WorkerFailure } from './sqlite-failure.ts';

type ServeAssignment = Extract<WorkerAssignment, { kind: 'serve' }>;

/** Pages after which a commit itself checkpoints; normally the idle checkpoint is earlier. */
const AUTO_CHECKPOINT_PAGES = 4000;
/** The log file is cut back to this size after a checkpoint. */
const LOG_SIZE_LIMIT_BYTES = 16 * 1024 * 1024;
const BUSY_TIMEOUT_MS = 5000;

/**
 * Opens the file, creating it when it is missing. The caller holds the lock: closing a handle of the file while another
 * part of this process has it open would drop the locks of SQLite. Throws a `WorkerFailure` when it cannot be used.
 */
export function openDatabase(assignment: ServeAssignment): {
  readonly database: DatabaseSync;
  readonly opened: OpenedDatabase;
} {
  createFile(assignment.path);
  const fileBytes = statSync(assignment.path).size;
  const database = openFile(assignment.path);
  try {
    const opened = { ...inspect(database), fileBytes };
    if (fileBytes > 0 && fileBytes <= assignment.checkBelowBytes) refuseDamaged(database);
    configure(database, assignment.maxPages);
    return { database, opened };
  } catch (error) {
    database.close();
    throw new WorkerFailure(describeFileFailure(error, assignment.path));
  }
}

/** Creates the directory when it is missing, for its owner only. Throws a `WorkerFailure`. */
export function createDirectory(path: string): void {
  try {
    makeDirectories(path);
  } catch (error) {
    throw new WorkerFailure(describeFailure(error));
  }
}

/**
 * Level by level: the recursion of `mkdirSync` never ends where an existing parent answers ENOENT to every new child,
 * as `/proc` does.
 */
function makeDirectories(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (existsSync(path) && statSync(path).isDirectory()) return;
    const parent = dirname(path);
    const isParentMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!isParentMissing || existsSync(parent)) throw error;
    makeDirectories(parent);
    makeDirectories(path);
  }
}

/** Creates the file when it is missing, for its owner only; SQLite gives its side files the same mode. */
function createFile(path: string): void {
  try {
    closeSync(openSync(path, 'a', 0o600));
  } catch (error) {
    throw new WorkerFailure(describeFailure(error));
  }
}

function openFile(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path, {
      timeout: BUSY_TIMEOUT_MS,
      enableForeignKeyConstraints: true,
      enableDoubleQuotedStringLiterals: false,
    });
  } catch (error) {
    throw new WorkerFailure(describeFileFailure(error, path));
  }
}

/** Which tables and migrations the file has; changes nothing. */
export function inspect(database: DatabaseSync): Omit<OpenedDatabase, 'fileBytes'> {
  const tables = database
    .prepare("select name from sqlite_master where type = 'table' and name not like 'sqlite^_%' escape '^'")
    .all()
    .map((row) => String(row.name));
  const tableCount = tables.filter((name) => name !== 'schema_migrations').length;
  if (!tables.includes('schema_migrations')) return { tableCount, applied: undefined };
  const applied = database
    .prepare('select version, name, checksum from schema_migrations order by version')
    .all()
    .map(
      (row): AppliedMigration => ({
        version: Number(row.version),
        name: String(row.name),
        checksum: String(row.checksum),
      }),
    );
  return { tableCount, applied };
}

/** What `quick_check` finds wrong; empty when the file is sound. */
export function findProblems(database: DatabaseSync): readonly string[] {
  return database
    .prepare('pragma quick_check(20)')
    .all()
    .map((row) => String(row.quick_check))
    .filter((line) => line !== 'ok');
}

function refuseDamaged(database: DatabaseSync): void {
  const problems = findProblems(database);
  if (problems.length === 0) return;
  throw new WorkerFailure({
    name: 'CORRUPT',
    message: `the database failed its integrity check: ${problems.slice(0, 3).join('; ')}`,
    data: { problems: problems.length },
  });
}

function configure(database: DatabaseSync, maxPages: number | undefined): void {
  const mode = database.prepare('pragma journal_mode = wal').get()?.journal_mode;
  if (mode !== 'wal') {
    throw new WorkerFailure({
      name: 'CANNOT_OPEN',
      message: `the file system does not support write-ahead logging (journal mode is ${String(mode)})`,
    });
  }
  database.exec(`pragma wal_autocheckpoint = ${AUTO_CHECKPOINT_PAGES}`);
  database.exec(`pragma journal_size_limit = ${LOG_SIZE_LIMIT_BYTES}`);
  database.exec('pragma temp_store = memory');
  database.exec('pragma trusted_schema = off');
  if (maxPages !== undefined) database.exec(`pragma max_page_count = ${maxPages}`);
}
