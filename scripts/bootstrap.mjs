/**
 * Prepares a clone so that `npm start` and `npm test` work on it as it is: installs the dependencies when they are
 * missing or older than the lockfile and, with `--build`, builds the program when its inputs changed.
 *
 * Runs on whatever Node the machine has (20 or newer), therefore plain JavaScript and nothing but built-in modules.
 * The dependencies bring the Node that everything else runs on.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(fileURLToPath(import.meta.url), '../..');
const modules = join(root, 'node_modules');
const ownNode = join(modules, '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
/** Holds the hash of the lockfile that `node_modules` was installed from. */
const stamp = join(modules, '.microclaw-lock-hash');

function lockHash() {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
}

function isInstalled() {
  return existsSync(ownNode) && existsSync(stamp) && readFileSync(stamp, 'utf8') === lockHash();
}

/**
 * Runs a program with this one's standard streams and ends the process when it fails.
 * @param {string} program
 * @param {readonly string[]} args
 */
function run(program, args) {
  const { status, error } = spawnSync(program, args, {
    cwd: root,
    stdio: ['inherit', 2, 'inherit'],
    shell: process.platform === 'win32',
  });
  if (error !== undefined) process.stderr.write(`cannot run ${program}: ${error.message}\n`);
  if (status !== 0) process.exit(status ?? 1);
}

if (!isInstalled()) {
  process.stderr.write('Installing dependencies (npm ci) …\n');
  // Warnings about the system's Node are expected: the packages run on the Node that is being installed.
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  writeFileSync(stamp, lockHash());
}
if (process.argv.includes('--build')) run(ownNode, ['scripts/build.ts', '--if-stale']);
