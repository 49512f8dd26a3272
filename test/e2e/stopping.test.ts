/** The program ends when it is told to, whatever it is doing. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  cleanEnvironment,
  createHome,
  type MicroclawHome,
  runMicroclaw,
} from '../support/microclaw-process.ts';

const MAIN = join(import.meta.dirname, '../../dist/main.js');
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
