/**
 * Commands of somebody who may not open the data directory, as an operator with an account of their own does at first.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  cleanEnvironment,
  createHome,
  type MicroclawHome,
  type RunningMicroclaw,
  startMicroclaw,
} from '../support/microclaw-process.ts';

const MAIN = join(import.meta.dirname, '../../dist/main.js');
const NOBODY = 65_534;

let home: MicroclawHome;
let server: RunningMicroclaw;

beforeEach(async () => {
  home = await createHome();
  server = await startMicroclaw(home);
  await chmod(home.dir, 0o755);
  await chmod(home.configPath, 0o644);
  // Nothing is closed to root, which the command therefore must not be; anybody else is kept out of their own
  // directory.
  if (process.getuid?.() !== 0) await chmod(join(home.dataDir, 'runtime'), 0o000);
});
afterEach(async () => {
  await chmod(join(home.dataDir, 'runtime'), 0o700);
  await server.stop();
  await home.dispose();
});

async function run(...args: readonly string[]) {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: home.dir,
    env: cleanEnvironment(home),
    ...(process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code, stdout, stderr };
}

it.each([
  ['audit', 'verify'],
  ['config', 'get', 'model'],
  ['web', 'password-generate'],
  ['policy', 'list'],
  ['run', '-p', 'hi'],
])('%s %s is refused in words, with what to do', async (...args) => {
  const { code, stdout, stderr } = await run(...args);
  expect(stderr).toMatch(
    /^Error: the control socket .*control\.sock belongs to another user of this machine\nhint: .*\n$/,
  );
  expect(stderr).toContain('(MC_CLI_CONTROL_DENIED)');
  expect([code, stdout]).toEqual([1, '']);
});

it('the doctor finds it and looks at everything else', async () => {
  const { code, stdout, stderr } = await run('doctor');
  expect([code, stderr]).toEqual([2, '']);
  expect(stdout).toMatch(/FAIL\] Data directory .*\n {4}fix: /);
  expect(stdout).toMatch(/FAIL\] Database .*belongs to another user.*\n {4}fix: .*sudo -u/);
  expect(stdout).toContain('(llm.credentials)');
});
