import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { realHookProcess } from '../../test/support/hook-fixture.ts';
import { temporaryDirectory } from '../../test/support/tool-fixture.ts';
import type { HookExit, HookProcessRequest } from './hook-process.ts';

const PATH = process.env.PATH ?? '/usr/bin:/bin';

async function run(command: string, overrides: Partial<HookProcessRequest> = {}): Promise<HookExit> {
  return realHookProcess({
    command,
    cwd: await temporaryDirectory(),
    env: { PATH },
    input: '{"event":"BeforeToolCall"}',
    timeoutMs: 10_000,
    maxOutputBytes: 65_536,
    signal: new AbortController().signal,
    ...overrides,
  });
}

/** Command lines of running processes that contain `marker`, zombies aside. */
function processesWith(marker: string): string[] {
  const listing = execFileSync('ps', ['-eo', 'pid=,stat=,args='], { encoding: 'utf8' });
  return listing.split('\n').filter((line) => line.includes(marker) && !/^\s*\d+\s+Z/.test(line));
}

/** A duration no other test uses, so that `ps` finds this test's processes only. */
let nextDuration = 6_000_000 + (process.pid % 1000) * 1000;
function uniqueDuration(): string {
  nextDuration += 1;
  return String(nextDuration);
}

describe('a hook process', () => {
  test('reads its input to the end, runs in its directory and sees its environment only', async () => {
    process.env.TEST_PROVIDER_KEY = 'leaked-provider-key';
    try {
      const cwd = await temporaryDirectory();
      const exit = await run('pwd; cat; echo; env; echo problem >&2; exit 3', {
        cwd,
        env: { PATH, MICROCLAW_HOOK_NAME: 'h' },
      });
      expect(exit).toMatchObject({ kind: 'exited', exitCode: 3, stderr: 'problem' });
      const stdout = exit.kind === 'exited' ? exit.stdout : '';
      expect(stdout.startsWith(`${cwd}\n{"event":"BeforeToolCall"}\n`)).toBe(true);
      expect(stdout).toContain('MICROCLAW_HOOK_NAME=h\n');
      expect(stdout).not.toContain('leaked-provider-key');
    } finally {
      delete process.env.TEST_PROVIDER_KEY;
    }
  });

  test('that does not read its input has not failed', async () => {
    const exit = await run('exec <&-; echo fine', { input: 'x'.repeat(4_000_000) });
    expect(exit).toEqual({ kind: 'exited', exitCode: 0, stdout: 'fine\n', stderr: '' });
  });

  test('that neither reads nor ends is killed at its time limit', async () => {
    const duration = uniqueDuration();
    const exit = await run(`sleep ${duration} & sleep ${duration}`, {
      input: 'x'.repeat(4_000_000),
      timeoutMs: 100,
    });
    expect(exit).toEqual({ kind: 'timed_out' });
    expect(processesWith(duration)).toEqual([]);
  });

  test('that ignores being asked to end is killed', async () => {
    const duration = uniqueDuration();
    const exit = await run(`trap '' TERM INT HUP; sleep ${duration}; sleep ${duration}`, { timeoutMs: 300 });
    expect(exit).toEqual({ kind: 'timed_out' });
    expect(processesWith(duration)).toEqual([]);
  });

  test('that prints ten megabytes is ended', async () => {
    const duration = uniqueDuration();
    const exit = await run(`head -c 10485760 /dev/zero; sleep ${duration}`);
    expect(exit).toEqual({ kind: 'too_much_output' });
    expect(processesWith(duration)).toEqual([]);
  });

  test('may print exactly as much as it is allowed to', async () => {
    const exit = await run("head -c 1000 /dev/zero | tr '\\0' x", { maxOutputBytes: 1000 });
    expect(exit).toMatchObject({ kind: 'exited', stdout: 'x'.repeat(1000) });
    expect(await run("head -c 1001 /dev/zero | tr '\\0' x", { maxOutputBytes: 1000 })).toEqual({
      kind: 'too_much_output',
    });
  });

  test('may complain at any length; the end of it is kept', async () => {
    const exit = await run("head -c 1000000 /dev/zero | tr '\\0' x >&2; echo last >&2");
    expect(exit.kind === 'exited' && exit.stderr.endsWith('xxxlast')).toBe(true);
    expect(exit.kind === 'exited' && exit.stderr.length).toBeLessThanOrEqual(2048);
  });

  test('leaves nothing behind that holds its output open', async () => {
    const duration = uniqueDuration();
    const exit = await run(`sleep ${duration} & echo done`);
    expect(exit).toMatchObject({ kind: 'exited', exitCode: 0, stdout: 'done\n' });
    expect(processesWith(duration)).toEqual([]);
  });

  test('leaves nothing behind in another session', async () => {
    const duration = uniqueDuration();
    await run(`setsid sleep ${duration} >/dev/null 2>&1 & sleep 0.1`);
    expect(processesWith(duration)).toEqual([]);
  });

  test('ends when the caller stops', async () => {
    const duration = uniqueDuration();
    const controller = new AbortController();
    const running = run(`sleep ${duration}`, { signal: controller.signal });
    controller.abort();
    expect(await running).toEqual({ kind: 'stopped' });
    expect(processesWith(duration)).toEqual([]);
    expect(await run('true', { signal: AbortSignal.abort() })).toEqual({ kind: 'stopped' });
  });

  test('whose directory is gone was not started', async () => {
    const cwd = join(await temporaryDirectory(), 'gone');
    expect(await run('true', { cwd })).toMatchObject({ kind: 'not_started' });
  });
});
