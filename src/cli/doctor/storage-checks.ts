/** Directories, free space, the database. Looks only: a directory that does not exist yet is not created. */
import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { layoutOf } from '../../app/data-layout.ts';
import type { Config } from '../../config/config.ts';
import { fileMode, formatMode } from '../../config/file-mode.ts';
import { errorMessage, MicroclawError } from '../../core/errors.ts';
import { isRecord } from '../../core/json.ts';
import { MIGRATIONS } from '../../storage/migrations/list.ts';
import { findProblems, inspect } from '../../storage/worker/open-database.ts';
import { describeFailure } from '../../storage/worker/sqlite-failure.ts';
import type { DoctorCheck, DoctorFacts } from './check.ts';
import { askRunningServer } from './running-server.ts';

const MIN_FREE_BYTES = 200 * 1024 * 1024;
const OTHERS = 0o077;
const RESTORE =
  'stop microclaw, keep a copy of the file and restore your newest backup (one that an upgrade made stands beside it)';
const MEBIBYTE = 1024 * 1024;

/** Data and working directory, free space and the database. */
export async function storageChecks({ configuration }: DoctorFacts): Promise<readonly DoctorCheck[]> {
  if (configuration instanceof Error || configuration.config === undefined) return [];
  const layout = layoutOf(configuration.config);
  return [
    await directoryCheck('storage.data_dir', 'Data directory', layout.dataRoot, layout.runtimeDir),
    await directoryCheck('storage.working_dir', 'Working directory', layout.workingDir),
    ...(await privacyChecks(layout.runtimeDir)),
    await spaceCheck(layout.dataRoot),
    await databaseCheck(configuration.config),
  ];
}

async function nearestExisting(path: string): Promise<string> {
  try {
    await stat(path);
    return path;
  } catch {
    // Not there yet: the first start creates it below its nearest parent, so that one is looked at.
    return dirname(path) === path ? path : await nearestExisting(dirname(path));
  }
}

/** `inner` is a directory below it that has to be writable as well. */
async function directoryCheck(
  id: string,
  title: string,
  path: string,
  inner: string = path,
): Promise<DoctorCheck> {
  const existing = await nearestExisting(path);
  for (const directory of new Set([existing, await nearestExisting(inner)])) {
    try {
      await requireWritable(directory);
    } catch (error) {
      const detail = `cannot write ${directory}: ${errorMessage(error)}`;
      const fix = 'make it a directory that the user who runs microclaw can write, or run this as that user';
      return { id, title, status: 'fail', detail, fix };
    }
  }
  const detail = existing === path ? path : `${path} (created at the first start)`;
  return { id, title, status: 'pass', detail };
}

async function requireWritable(path: string): Promise<void> {
  const facts = await stat(path);
  if (!facts.isDirectory()) throw new Error('it is not a directory');
  await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
}

/** Nothing before the first start, which creates the directory for its owner only. */
async function privacyChecks(path: string): Promise<readonly DoctorCheck[]> {
  const check = { id: 'storage.mode', title: 'Mode of the data directory' };
  const mode = await fileMode(path).catch(() => null);
  if (mode === null) return [];
  if ((mode & OTHERS) === 0) return [{ ...check, status: 'pass', detail: formatMode(mode) }];
  const detail = `${path} has mode ${formatMode(mode)}: other users of this machine can enter it`;
  return [{ ...check, status: 'warn', detail, fix: `chmod 700 ${path}` }];
}

async function spaceCheck(path: string): Promise<DoctorCheck> {
  const check = { id: 'storage.free_space', title: 'Free disk space' };
  const { bavail, bsize } = await statfs(await nearestExisting(path));
  const free = bavail * bsize;
  const detail = `${Math.floor(free / MEBIBYTE)} MiB`;
  if (free >= MIN_FREE_BYTES) return { ...check, status: 'pass', detail };
  return { ...check, status: 'warn', detail, fix: 'free some space: a full disk stops new messages' };
}

/** A running server knows its database; without one the file is opened for reading and checked. */
async function databaseCheck(config: Config): Promise<DoctorCheck> {
  const path = layoutOf(config).databasePath;
  const check = { id: 'storage.database', title: 'Database' };
  const answer = await askRunningServer(config, '/api/health');
  if (answer instanceof MicroclawError) {
    const { message, hint } = answer;
    return { ...check, status: 'fail', detail: message, ...(hint === undefined ? {} : { fix: hint }) };
  }
  if (answer.kind === 'answer') return { ...check, ...healthOf(answer.body) };
  try {
    await stat(path);
  } catch {
    return { ...check, status: 'miss', detail: `${path} does not exist yet` };
  }
  try {
    return { ...check, ...(await lookInto(path)) };
  } catch (error) {
    const isDamaged = describeFailure(error).name === 'CORRUPT';
    const fix = isDamaged
      ? RESTORE
      : 'check that the file belongs to the user who runs microclaw, or run this as that user';
    return { ...check, status: 'fail', detail: `cannot open ${path}: ${errorMessage(error)}`, fix };
  }
}

/** What a start would refuse. */
async function lookInto(path: string): Promise<Pick<DoctorCheck, 'status' | 'detail' | 'fix'>> {
  const { DatabaseSync } = await import('node:sqlite');
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const problems = findProblems(database);
    if (problems.length > 0) return { status: 'fail', detail: problems.join('\n'), fix: RESTORE };
    const { applied, tableCount } = inspect(database);
    const [found, known] = [applied?.at(-1)?.version ?? 0, MIGRATIONS.at(-1)?.version ?? 0];
    if (applied === undefined && tableCount > 0) {
      const fix = 'move the file away or choose another data_dir';
      return { status: 'fail', detail: `${path} was not made by microclaw`, fix };
    }
    if (found <= known) return { status: 'pass', detail: path };
    const detail = `${path} has schema version ${found}; this program knows versions up to ${known}`;
    return {
      status: 'fail',
      detail,
      fix: 'start the newer version again, or restore the backup from before',
    };
  } finally {
    database.close();
  }
}

function healthOf(body: Readonly<Record<string, unknown>>): Pick<DoctorCheck, 'status' | 'detail'> {
  const components = Array.isArray(body.components) ? body.components.filter(isRecord) : [];
  const sick = components.filter(
    (component) => component.state === 'failed' || component.state === 'degraded',
  );
  if (sick.length === 0) return { status: 'pass', detail: 'in use by a running server that is healthy' };
  const detail = sick.map(({ name, state, message }) => `${name} is ${state}: ${message}`).join('\n');
  return { status: sick.some(({ state }) => state === 'failed') ? 'fail' : 'warn', detail };
}
