/** The real bubblewrap of this machine. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  hasBubblewrap,
  runCommand,
  type SandboxHome,
  sandboxHome,
} from '../../../test/support/sandbox-fixture.ts';
import { systemClock } from '../../core/clock.ts';
import type { CommandExit, CommandRequest } from '../command-runner.ts';
import { createCommandRunner } from '../create-command-runner.ts';
import { planMounts } from '../mounts/mount-plan.ts';
import type { SandboxOptions } from '../sandbox-options.ts';
import { createBubblewrapBackend } from './bubblewrap-backend.ts';

const PATH = process.env.PATH ?? '/usr/bin:/bin';

function runnerFor(options: SandboxOptions) {
  return createCommandRunner({
    sandbox: options,
    env: { PATH },
    clock: systemClock,
    log: { warn: () => {} },
  });
}

async function run(
  home: SandboxHome,
  command: string,
  request: Partial<CommandRequest> = {},
): Promise<CommandExit> {
  return runCommand(runnerFor(home.options), { command, cwd: home.cwd, ...request });
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

/** Command lines of running processes that contain `marker`, zombies and this search aside. */
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

describe.skipIf(!hasBubblewrap())('a command under bubblewrap', () => {
  test('works in the directory of its chat, which is the same outside', async () => {
    const home = await sandboxHome();
    await writeFile(path.join(home.cwd, 'in.txt'), 'from outside\n');
    const result = await run(home, 'pwd; cat in.txt; echo problem >&2; echo inside > out.txt; exit 3');
    expect(result).toEqual({
      kind: 'ended',
      exitCode: 3,
      stdout: { text: `${home.cwd}\nfrom outside\n`, droppedBytes: 0 },
      stderr: { text: 'problem\n', droppedBytes: 0 },
      interrupted: false,
    });
    expect(await readFile(path.join(home.cwd, 'out.txt'), 'utf8')).toBe('inside\n');
  });

  test('cannot read configuration, database or another chat, nor learn that they exist', async () => {
    const home = await sandboxHome();
    const files = [home.configPath, home.databasePath, path.join(home.otherChat, 'note.txt')];
    for (const file of files) {
      const { exitCode, stdout } = await run(home, `cat '${file}'; ls '${file}'`);
      expect(exitCode).not.toBe(0);
      expect(stdout.text).not.toContain('confidential');
    }
    const search = await run(
      home,
      `grep -r confidential / --exclude-dir=proc --exclude-dir=usr 2>/dev/null; ls -A '${home.dir}/data/working_dir/chat/web'`,
    );
    expect(search.stdout.text).toBe('1\n');
  });

  test('cannot reach those files by a link or through another process', async () => {
    const home = await sandboxHome();
    const viaProcesses = `/proc/[0-9]*/root${home.configPath} /proc/[0-9]*/cwd/../../../../../microclaw.config.yaml`;
    const { stdout } = await run(home, `ln -s '${home.configPath}' link; cat link ${viaProcesses}`);
    expect(stdout.text).not.toContain('confidential');
  });

  test('does not see the program that started it, its environment or any other process', async () => {
    process.env.TEST_PROVIDER_KEY = 'leaked-provider-key';
    try {
      const home = await sandboxHome();
      const { stdout } = await run(
        home,
        `env; cat /proc/${process.pid}/environ /proc/*/environ | tr '\\0' '\\n'; ls -d /proc/[0-9]* | wc -l`,
      );
      expect(stdout.text).not.toContain('leaked-provider-key');
      expect(Number(stdout.text.trim().split('\n').at(-1))).toBeLessThan(10);
    } finally {
      delete process.env.TEST_PROVIDER_KEY;
    }
  });

  test('cannot change the system, the shared rules of the machine, or its own root', async () => {
    const home = await sandboxHome();
    for (const target of ['/usr/bin/x', '/etc/x', '/x', '/root', '/etc/shadow', '/run', '/var']) {
      expect((await run(home, `touch ${target} || cat ${target}`)).exitCode).not.toBe(0);
    }
    expect((await run(home, 'mount -t tmpfs tmpfs /usr || mount -o remount,rw /usr')).exitCode).not.toBe(0);
  });

  test('has a /tmp of its own that is gone afterwards', async () => {
    const home = await sandboxHome();
    expect((await run(home, 'echo x > /tmp/left && cat /tmp/left')).stdout.text).toBe('x\n');
    expect((await run(home, 'cat /tmp/left')).exitCode).not.toBe(0);
  });

  test('reaches no network, not even a server of this machine, unless allowed', async () => {
    const server = createServer((_request, response) => response.end('reached'));
    onTestFinished(() => void server.close());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const command = `exec 3<>/dev/tcp/127.0.0.1/${port} && printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3 && cat <&3`;
    const closed = await sandboxHome();
    expect(await run(closed, command)).toMatchObject({ exitCode: 1, stdout: { text: '' } });
    expect((await run(closed, 'cat /proc/net/dev | grep -vc lo:')).stdout.text).toBe('2\n');
    const open = await sandboxHome({ noNetwork: false });
    expect((await run(open, command)).stdout.text).toContain('reached');
  });

  test('gets its own variables without credentials, and none of the program', async () => {
    const home = await sandboxHome({ credentialEnvAllowlist: ['deploy_token'] });
    const env = { PATH, GREETING: 'hello', MY_API_KEY: 'k1', deploy_token: 'k2', db_password: 'k3' };
    const { stdout } = await run(home, 'env', { env });
    expect(stdout.text).toContain('GREETING=hello');
    expect(stdout.text).toContain('deploy_token=k2');
    expect(stdout.text).not.toMatch(/k1|k3/);
  });

  test('sees the shared directory and, read-only, the skills', async () => {
    const base = await sandboxHome();
    const skills = path.join(base.dir, 'data', 'skills');
    const home = { ...base, options: { ...base.options, readOnlyDirs: [skills] } };
    await mkdir(skills);
    await mkdir(home.options.sharedDir);
    await writeFile(path.join(skills, 'SKILL.md'), 'a skill\n');
    const command = `cat '${skills}/SKILL.md'; touch '${skills}/x' || touch '${home.options.sharedDir}/y'`;
    expect(await run(home, command)).toMatchObject({ exitCode: 0, stdout: { text: 'a skill\n' } });
    expect((await run(home, `ls '${home.options.sharedDir}'`)).stdout.text).toBe('y\n');
  });

  test('is held to its memory', async () => {
    const home = await sandboxHome({ limits: { memoryBytes: 64 * 1024 ** 2, cpus: 1, pids: 64 } });
    const hungry = `x=$(head -c 209715200 /dev/zero | tr '\\0' a); echo got \${#x}`;
    expect((await run(home, hungry)).stdout.text).toBe('');
    expect((await run(home, 'head -c 209715200 /dev/zero > /tmp/big')).exitCode).not.toBe(0);
    expect((await run(home, 'ulimit -u; ulimit -c')).stdout.text).toBe('64\n0\n');
  });

  test('that ends leaves no process, whatever it did to stay', async () => {
    const home = await sandboxHome();
    const duration = uniqueDuration();
    const result = await run(
      home,
      `(setsid env -i sleep ${duration} >/dev/null 2>&1 &); sleep ${duration} & echo started`,
    );
    expect(result).toMatchObject({ exitCode: 0, stdout: { text: 'started\n' } });
    expect(processesWith(duration)).toEqual([]);
  });

  test('may clean up when it is stopped', async () => {
    const home = await sandboxHome();
    const result = await run(
      home,
      "trap 'echo bye; exit 0' TERM; echo ready; sleep 1000 & wait",
      abortWhenReady(),
    );
    expect(result).toMatchObject({ interrupted: true, stdout: { text: 'ready\nbye\n' } });
  });

  test('that ignores TERM is killed with its children', async () => {
    const home = await sandboxHome();
    const duration = uniqueDuration();
    const backend = createBubblewrapBackend({
      sandbox: home.options,
      searchPath: PATH,
      clock: systemClock,
      killAfterMs: 200,
    });
    const command = `trap '' TERM; setsid env -i sleep ${duration} & echo ready; sleep ${duration}; sleep ${duration}`;
    const request = { command, cwd: home.cwd, env: { PATH }, ...abortWhenReady() };
    const result = await backend.run(request, await planMounts(home.cwd, home.options));
    expect(result).toMatchObject({ kind: 'ended', interrupted: true, stdout: { text: 'ready\n' } });
    expect(processesWith(duration)).toEqual([]);
  });

  test('keeps its output within bounds', async () => {
    const home = await sandboxHome();
    const { stdout } = await run(home, "echo FIRST; head -c 3000000 /dev/zero | tr '\\0' x; echo; echo LAST");
    expect(Buffer.byteLength(stdout.text)).toBeLessThan(1_048_576 + 100);
    expect(stdout.text.startsWith('FIRST\n')).toBe(true);
    expect(stdout.text.endsWith('\nLAST\n')).toBe(true);
    expect(stdout.droppedBytes).toBeGreaterThan(1_900_000);
  });

  test('shows no argument of its sandbox in the list of processes', async () => {
    const home = await sandboxHome();
    const { stdout } = await run(home, 'cat /proc/1/cmdline', { env: { PATH, NOTE: 'visible-nowhere' } });
    expect(stdout.text).not.toContain('visible-nowhere');
  });
});

describe('a sandbox that cannot be built', () => {
  test('is a failed start with the reason, not a failed command', async () => {
    const home = await sandboxHome();
    const bin = path.join(home.dir, 'bin');
    await mkdir(bin);
    await writeFile(path.join(bin, 'bwrap'), '#!/bin/sh\necho "bwrap: No permissions" >&2\nexit 1\n', {
      mode: 0o755,
    });
    const backend = createBubblewrapBackend({ sandbox: home.options, searchPath: bin, clock: systemClock });
    expect(await backend.probe()).toMatchObject({
      kind: 'unavailable',
      reason: 'not_working',
      detail: expect.stringContaining('No permissions'),
    });
    const request = { command: 'true', cwd: home.cwd, env: {}, signal: new AbortController().signal };
    await expect(backend.run(request, [])).rejects.toMatchObject({ code: 'MC_SANDBOX_SETUP_FAILED' });
  });
});
