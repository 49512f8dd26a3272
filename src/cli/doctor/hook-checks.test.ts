import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CliHarness } from '../../../test/support/cli-harness.ts';
import { writeHook } from '../../../test/support/hook-fixture.ts';
import type { DoctorCheck } from './check.ts';

let cli: CliHarness;
beforeEach(async () => {
  cli = await CliHarness.create();
  await cli.config('web_port: 0');
});
afterEach(() => cli.dispose());

async function hooksCheck(): Promise<DoctorCheck | undefined> {
  const { out } = await cli.run(['doctor', '--json']);
  const { checks }: { checks: readonly DoctorCheck[] } = JSON.parse(out);
  return checks.find((check) => check.id === 'hooks.files');
}

test('the doctor names the hooks it finds', async () => {
  expect(await hooksCheck()).toMatchObject({ status: 'pass', detail: 'none' });
  await writeHook(join(cli.dir, 'hooks'), 'guard', { events: 'AfterTurn', command: 'true' });
  expect(await hooksCheck()).toMatchObject({ status: 'pass', detail: 'guard' });
});

test('the doctor warns about a hook that cannot be used', async () => {
  await writeHook(join(cli.dir, 'hooks'), 'guard', { events: 'AfterTurn' });
  expect(await hooksCheck()).toMatchObject({
    status: 'warn',
    detail: expect.stringContaining(join('guard', 'HOOK.md: `command`')),
  });
});

test('the doctor tells which hooks are off, and that nobody knows any more', async () => {
  await writeHook(join(cli.dir, 'hooks'), 'guard', { events: 'AfterTurn', command: 'true' });
  await cli.run(['hooks', 'disable', 'guard']);
  expect(await hooksCheck()).toMatchObject({ status: 'pass', detail: 'guard (disabled)' });
  await writeFile(join(cli.dir, 'data/runtime/hooks_state.json'), '{guard');
  expect(await hooksCheck()).toMatchObject({
    status: 'warn',
    detail: expect.stringContaining('hooks_state.json'),
  });
});

test('the doctor does not look for hooks that are switched off', async () => {
  await cli.config('channels: { web: { enabled: true }, hooks: { enabled: false } }');
  expect(await hooksCheck()).toBeUndefined();
});
