/**
 * Entry point of the command. Checks the Node version before anything that needs it is loaded, keeps compiled code
 * between starts, and hands over to the command line.
 */
// The whole module, because an older Node that lacks the function must still get as far as the check below.
import nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';
import type { StorageThread } from './storage/worker/storage-thread.ts';

const MINIMUM_NODE = { major: 24, minor: 16 } as const;

function isSupportedNode(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > MINIMUM_NODE.major || (major === MINIMUM_NODE.major && minor >= MINIMUM_NODE.minor);
}

async function run(): Promise<void> {
  const argv = process.argv.slice(2);
  const thread = argv.length === 1 && argv[0] === 'start' ? await beginDatabaseThread() : undefined;
  const { runCli } = await import('./cli/run-cli.ts');
  process.exitCode = await runCli(argv, undefined, thread);
}

/** Before anything else is loaded, because nothing in a start takes longer than a thread. */
async function beginDatabaseThread(): Promise<StorageThread> {
  const { StorageThread } = await import('./storage/worker/storage-thread.ts');
  return new StorageThread();
}

if (isSupportedNode(process.versions.node)) {
  // Beside the bundle when that can be written; a failure is harmless and only costs start time.
  if (import.meta.url.endsWith('.js'))
    nodeModule.enableCompileCache(fileURLToPath(new URL('.cache', import.meta.url)));
  void run();
} else {
  process.stderr.write(
    `microclaw needs Node.js ${MINIMUM_NODE.major}.${MINIMUM_NODE.minor} or newer, this is ${process.versions.node}.\n` +
      'hint: install the current Node.js 24 LTS, or run `npm start` in a clone (it brings its own).\n',
  );
  process.exitCode = 1;
}
