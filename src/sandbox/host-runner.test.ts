import { execFileSync } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../test/support/tool-fixture.ts';
import { systemClock } from '../core/clock.ts';
import { createRedactor } from '../security/redaction/redactor.ts';
import type { CommandExit, CommandRequest } from './command-runner.ts';
import { createHostRunner, findShell } from './host-runner.ts';

const PATH = process.env.PATH ?? '/usr/bin:/bin';

async function run(command: string, overrides: Partial<CommandRequest> = {}): Promise<CommandExit> {
  const runner = createHostRunner({ clock: systemClock, killAfterMs: 300 });
  const result = await runner.run({
    command,
    cwd: await temporaryDirectory(),
    env: { PATH },
    signal: new AbortController().signal,
    ...overrides,
  });
  if (result.kind !== 'ended') throw new Error(result.message);
  return result;
}

/** Command lines of running processes that contain `marker`, zombies and this search aside. */
function processesWith(marker: string): string[] {
  const listing = execFileSync('ps', ['-eo', 'pid=,stat=,args='], { encoding: 'utf8' });
  return listing.split('\n').filter((line) => line.includes(marker) && !/^\s*\d+\s+Z/.test(line));
}

/** A duration no other test uses, so that `ps` finds this test's processes only. */
let nextDuration = 4_000_000 + (process.pid % 1000) * 1000;
function uniqueDuration(): string {
  nextDuration += 1;
  return String(nextDuration);
}

/** Aborts once the command has printed `ready`. */
function abortWhenReady(): Pick<CommandRequest, 'signal' | 'onOutput'> {
  const controller = new AbortController();
  return {
    signal: controller.signal,
    onOutput: (chunk) => {
      if (chunk.includes('ready')) controller.abort();
    },
  };
}

describe('a command', () => {
  test('runs in its directory and returns both streams and its exit code', async () => {
    const cwd = await temporaryDirectory();
    const result = await run('pwd; echo problem >&2; exit 3', { cwd });
    expect(result).toEqual({
      kind: 'ended',
      exitCode: 3,
      stdout: { text: `${cwd}\n`, droppedBytes: 0 },
      stderr: { text: 'problem\n', droppedBytes: 0 },
      interrupted: false,
    });
  });

  test('sees the given environment and nothing of the program’s', async () => {
    process.env.TEST_PROVIDER_KEY = 'leaked-provider-key';
    try {
      const { stdout } = await run('env', { env: { PATH, ONLY: 'this' } });
      expect(stdout.text).not.toContain('leaked-provider-key');
      expect(stdout.text).toContain('ONLY=this');
    } finally {
      delete process.env.TEST_PROVIDER_KEY;
    }
  });

  test('has no input to wait for', async () => {
    expect((await run('cat; echo done')).stdout.text).toBe('done\n');
  });

  test('that a signal ended has no exit code', async () => {
    expect(await run('kill -9 $$')).toMatchObject({ exitCode: null, interrupted: false });
  });

  test('understands bash where the machine has it', async () => {
    expect(findShell(['/nowhere/bash'])).toBe('/bin/sh');
    expect((await run('[[ a == a ]] && echo "$BASH_VERSION"')).stdout.text).toMatch(/^\d/);
  });

  test('that cannot be started is a value, not an error', async () => {
    const runner = createHostRunner({ clock: systemClock, shell: '/nowhere/sh' });
    const request = { command: 'true', cwd: '/', env: {}, signal: new AbortController().signal };
    expect(await runner.run(request)).toMatchObject({
      kind: 'spawn_failed',
      message: expect.stringContaining('ENOENT'),
    });
  });

  test('is not started once it was stopped', async () => {
    const cwd = await temporaryDirectory();
    const result = await run('touch ran', { cwd, signal: AbortSignal.abort() });
    expect(result.interrupted).toBe(true);
    expect((await run('ls', { cwd })).stdout.text).toBe('');
  });

  test('delivers characters whole, however the chunks fall', async () => {
    const chunks: string[] = [];
    const result = await run("printf '\\xe4\\xb8'; sleep 0.05; printf '\\xbb!'", {
      onOutput: (chunk) => chunks.push(chunk),
    });
    expect(result.stdout.text).toBe('主!');
    expect(chunks.join('')).toBe('主!');
  });
});

describe('output', () => {
  test('of ten megabytes is kept at both ends in bounded memory, and the gap is named', async () => {
    const result = await run("echo FIRST; head -c 10485760 /dev/zero | tr '\\0' x; echo; echo LAST");
    const { text, droppedBytes } = result.stdout;
    expect(Buffer.byteLength(text)).toBeLessThan(1_048_576 + 100);
    expect(text.startsWith('FIRST\nxxx')).toBe(true);
    expect(text.endsWith('xxx\nLAST\n')).toBe(true);
    expect(text).toContain(`... (${droppedBytes} bytes left out) ...`);
    expect(droppedBytes).toBe(10_485_760 + 12 - 1_048_576);
  });

  test('passes the filter before it is kept or shown', async () => {
    const redactor = createRedactor([{ key: 'KEY', value: 'topsecret-value' }]);
    const chunks: string[] = [];
    const result = await run('printf topsec; sleep 0.05; printf ret-value; printf topsecret-value >&2', {
      createFilter: () => redactor.stream(),
      onOutput: (chunk) => chunks.push(chunk),
    });
    expect(result.stdout.text).toBe('[REDACTED:KEY]');
    expect(result.stderr.text).toBe('[REDACTED:KEY]');
    expect(chunks.join('')).not.toContain('secret');
  });
});

describe('ending', () => {
  test('a stopped command ends with its whole group and returns what it had written', async () => {
    const duration = uniqueDuration();
    const result = await run(`sleep ${duration} & sleep ${duration} & echo ready; wait`, abortWhenReady());
    expect(result).toMatchObject({ interrupted: true, exitCode: null, stdout: { text: 'ready\n' } });
    expect(processesWith(duration)).toEqual([]);
  });

  test('a command that ignores TERM is killed', async () => {
    const duration = uniqueDuration();
    const result = await run(
      `trap '' TERM; echo ready; sleep ${duration}; sleep ${duration}`,
      abortWhenReady(),
    );
    expect(result.interrupted).toBe(true);
    expect(processesWith(duration)).toEqual([]);
  });

  test('a command may clean up when it is stopped', async () => {
    const result = await run("trap 'echo bye; exit 0' TERM; echo ready; sleep 1000 & wait", abortWhenReady());
    expect(result.stdout.text).toBe('ready\nbye\n');
  });

  test('a background child that keeps the output open neither delays the answer nor stays', async () => {
    const duration = uniqueDuration();
    const result = await run(`sleep ${duration} & echo started`);
    expect(result).toMatchObject({ exitCode: 0, interrupted: false, stdout: { text: 'started\n' } });
    expect(processesWith(duration)).toEqual([]);
  });

  test('a background child that lets go of the output does not stay either', async () => {
    const duration = uniqueDuration();
    await run(`sleep ${duration} >/dev/null 2>&1 & exit 0`);
    expect(processesWith(duration)).toEqual([]);
  });

  test('a child that leaves the group does not stay', async () => {
    const duration = uniqueDuration();
    await run(`setsid sleep ${duration} >/dev/null 2>&1 & sleep 0.1`);
    expect(processesWith(duration)).toEqual([]);
  });

  test('a program that forks into its own session does not stay when the command is stopped', async () => {
    const duration = uniqueDuration();
    const cwd = await temporaryDirectory();
    const script = path.join(cwd, 'daemon.sh');
    await writeFile(script, `#!/bin/sh\n(setsid sleep ${duration} &) </dev/null >/dev/null 2>&1\n`);
    await chmod(script, 0o755);
    await run('./daemon.sh; sleep 0.1; echo ready; sleep 1000', { cwd, ...abortWhenReady() });
    expect(processesWith(duration)).toEqual([]);
  });
});
