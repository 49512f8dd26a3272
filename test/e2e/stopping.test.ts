/** The program ends when it is told to, whatever it is doing. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  cleanEnvironment,
  createHome,
  type MicroclawHome,
  runMicroclaw,
  startMicroclaw,
} from '../support/microclaw-process.ts';

const ROOT = join(import.meta.dirname, '../..');
const MAIN = join(ROOT, 'dist/main.js');
const PRELOAD = join(import.meta.dirname, '../support/hanging-start-preload.ts');

let home: MicroclawHome;
let child: ChildProcess | undefined;
beforeEach(async () => {
  home = await createHome();
});
afterEach(async () => {
  child?.kill('SIGKILL');
  await home.dispose();
});

/** A start that never becomes ready, at the moment it hangs. */
async function hangingStart() {
  const started = spawn(process.execPath, ['--import', PRELOAD, MAIN, 'start'], {
    cwd: home.dir,
    env: cleanEnvironment(home),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  child = started;
  let log = '';
  started.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    log += chunk;
  });
  while (!log.includes('the start hangs')) await once(started.stderr, 'data');
  return { started, log: () => log };
}

test('a start that hangs ends at the deadline after the first signal and says so', async () => {
  const { started, log } = await hangingStart();
  started.kill('SIGTERM');
  const [code] = await once(started, 'exit');
  expect(code).toBe(1);
  expect(log()).toContain('microclaw did not stop within 9.5 s');
  expect(log()).toContain('(MC_CLI_STOP_TIMEOUT)');
}, 30_000);

test('a second signal ends a start that hangs at once', async () => {
  const { started } = await hangingStart();
  started.kill('SIGTERM');
  started.kill('SIGINT');
  const [code, signal] = await once(started, 'exit');
  expect([130, 143]).toContain(code);
  expect(signal).toBeNull();
});

test('the program ends by itself after a configuration that it refuses', async () => {
  const result = await runMicroclaw(home, ['start', '--config', '/nowhere/microclaw.config.yaml']);
  expect([result.code, result.stderr]).toEqual([1, expect.stringContaining('MC_CONFIG_NOT_FOUND')]);
});

/** A server on a terminal of its own, which `script` makes; closing it is killing `script`. */
async function startAtTerminal(redirection: string) {
  const terminal = spawn(
    'script',
    ['-qec', `'${process.execPath}' '${MAIN}' start ${redirection}`, 'typescript'],
    {
      cwd: home.dir,
      env: { ...cleanEnvironment(home), TERM: 'dumb', SHELL: '/bin/sh' },
      stdio: ['ignore', 'pipe', 'ignore', 'pipe'],
    },
  );
  child = terminal;
  const [screen, inherited] = [terminal.stdout, terminal.stdio[3]];
  if (screen === null || !(inherited instanceof Readable)) throw new Error('the pipes are not there');
  let shown = '';
  for await (const text of screen) {
    shown += text;
    if (shown.includes('is ready')) break;
  }
  return {
    async close() {
      const isOver = once(inherited.resume(), 'end'); // the server holds the other end as long as it lives
      terminal.kill('SIGKILL');
      await isOver;
    },
  };
}

test.each([
  { place: 'at the terminal', redirection: '' },
  { place: 'in a file', redirection: '2>log' },
])('closing the terminal stops the server gracefully, its log $place', async ({ redirection }) => {
  const terminal = await startAtTerminal(redirection);
  await terminal.close();
  const left = await readdir(join(home.dataDir, 'runtime'));
  expect(left.filter((name) => /sock|owner|-wal/.test(name))).toEqual([]);
});

test('a signal for `npm start` reaches the server', async () => {
  // Without the scripts around it, which may install and build.
  const started = spawn('npm', ['start', '--silent', '--ignore-scripts'], {
    cwd: ROOT,
    env: cleanEnvironment(home),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child = started;
  const isOver = once(started.stderr.resume(), 'end'); // the server holds the other end as long as it lives
  for await (const text of started.stdout.setEncoding('utf8')) if (String(text).includes('is ready')) break;
  started.kill('SIGTERM');
  await isOver;
  expect(await readdir(join(home.dataDir, 'runtime'))).not.toContain('control.sock');
});

test('a server whose output nobody reads any more stays up and says the rest to nobody', async () => {
  const server = await startMicroclaw(home);
  try {
    server.child.stdout?.destroy();
    expect((await runMicroclaw(home, ['web', 'password', 'long enough'])).code).toBe(0);
    expect((await runMicroclaw(home, ['web', 'password-clear'])).code).toBe(0); // prints a new link to the lost output
    expect((await fetch(`${server.url}/api/health`)).status).toBe(200);
    expect(await server.stop()).toBe(0);
  } finally {
    await server.kill();
  }
});
