/** Exact command lines against a stand-in engine that runs on this machine what it should run inside. */
import { execFileSync } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  runCommand,
  type SandboxHome,
  type StandInEngine,
  sandboxHome,
  standInEngine,
} from '../../../test/support/sandbox-fixture.ts';
import { systemClock } from '../../core/clock.ts';
import { createCommandRunner } from '../create-command-runner.ts';
import type { SandboxOptions } from '../sandbox-options.ts';
import { type ContainerEngine, containerSpec } from './container-arguments.ts';

const SYSTEM_PATH = '/usr/bin:/bin';

interface Fixture {
  readonly home: SandboxHome;
  readonly engine: StandInEngine;
  readonly runner: ReturnType<typeof createCommandRunner>;
  readonly warnings: string[];
}

async function fixture(
  backend: ContainerEngine = 'docker',
  overrides: Partial<SandboxOptions> = {},
): Promise<Fixture> {
  const home = await sandboxHome({ backend, ...overrides });
  const engine = await standInEngine(backend);
  const warnings: string[] = [];
  const runner = createCommandRunner({
    sandbox: home.options,
    env: { PATH: `${engine.binDir}:${SYSTEM_PATH}`, DOCKER_HOST: 'unix:///x', MY_SECRET: 'no' },
    clock: systemClock,
    log: { warn: (_fields, message) => warnings.push(message) },
  });
  return { home, engine, runner, warnings };
}

/** The calls of one subcommand. */
async function callsOf(engine: StandInEngine, subcommand: string): Promise<readonly (readonly string[])[]> {
  return (await engine.calls()).filter(([name]) => name === subcommand);
}

const USER = `${process.getuid?.()}:${process.getgid?.()}`;

describe('the container of a chat', () => {
  test('is started once with exactly this command line', async () => {
    const { home, engine, runner } = await fixture();
    await runCommand(runner, { command: 'true', cwd: home.cwd });
    const [run] = await callsOf(engine, 'run');
    const name = run?.[run.indexOf('--name') + 1] ?? '';
    expect(name).toMatch(/^microclaw-sandbox-web-1-[0-9a-f]{8}$/);
    expect(run).toEqual([
      ...['run', '--detach', '--rm', '--init', '--pull=never', '--name', name],
      ...['--label', expect.stringMatching(/^microclaw\.sandbox=[0-9a-f]{16}$/)],
      ...['--label', expect.stringMatching(/^microclaw\.config=[0-9a-f]{16}$/)],
      ...['--network=none', '--user', USER],
      ...['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
      ...['--read-only', '--tmpfs', '/tmp:rw,nosuid,nodev,exec,mode=1777,size=1073741824'],
      ...['--memory', '1073741824', '--memory-swap', '1073741824', '--cpus', '1', '--pids-limit', '256'],
      ...['--mount', `type=bind,source=${home.cwd},target=${home.cwd}`, '--workdir', home.cwd],
      ...['--entrypoint', 'sleep', 'test-image:1', 'infinity'],
    ]);
  });

  test('has the rights and limits that the operator chose', async () => {
    const home = await sandboxHome({
      backend: 'podman',
      noNetwork: false,
      securityProfile: 'standard',
      capAdd: ['NET_RAW'],
      limits: { memoryBytes: 33_554_432, cpus: 0.5, pids: 16 },
    });
    const plan = {
      engine: 'podman',
      sandbox: home.options,
      cwd: home.cwd,
      user: { uid: 1000, gid: 100 },
    } as const;
    const mounts = [
      { path: '/opt/skills', access: 'read_only' },
      { path: home.cwd, access: 'read_write' },
    ] as const;
    const { runArguments } = containerSpec({ ...plan, mounts });
    expect(runArguments.slice(11)).toEqual([
      ...['--userns=keep-id', '--user', '1000:100', '--cap-add', 'NET_RAW'],
      ...['--read-only', '--tmpfs', '/tmp:rw,nosuid,nodev,exec,mode=1777,size=33554432'],
      ...['--memory', '33554432', '--memory-swap', '33554432', '--cpus', '0.5', '--pids-limit', '16'],
      ...['--mount', 'type=bind,source=/opt/skills,target=/opt/skills,readonly'],
      ...['--mount', `type=bind,source=${home.cwd},target=${home.cwd}`, '--workdir', home.cwd],
      ...['--entrypoint', 'sleep', 'test-image:1', 'infinity'],
    ]);
    const privileged = { ...home.options, securityProfile: 'privileged' } as const;
    const rights = containerSpec({ ...plan, mounts, sandbox: privileged }).runArguments;
    expect(rights).toContain('--privileged');
    expect(rights).not.toContain('--cap-add');
  });

  test('is not started for a path that would change the meaning of the command line', async () => {
    const home = await sandboxHome();
    const cwd = `${home.options.workingDir}/chat/a,readonly=false`;
    const plan = { engine: 'docker', sandbox: home.options, cwd, user: undefined } as const;
    expect(() => containerSpec({ ...plan, mounts: [{ path: cwd, access: 'read_only' }] })).toThrow(/refused/);
  });

  test('has another name for another chat and for another installation', async () => {
    const [first, second] = [await sandboxHome(), await sandboxHome()];
    const nameOf = (home: SandboxHome, cwd: string) =>
      containerSpec({ engine: 'docker', sandbox: home.options, cwd, mounts: [], user: undefined }).name;
    const names = [nameOf(first, first.cwd), nameOf(first, first.otherChat), nameOf(second, second.cwd)];
    expect(new Set(names).size).toBe(3);
    expect(nameOf(first, path.join(first.options.workingDir, 'shared'))).toMatch(
      /^microclaw-sandbox-shared-/,
    );
  });

  test('is kept for the next command while its settings are the same', async () => {
    const { home, engine, runner } = await fixture();
    await runCommand(runner, { command: 'true', cwd: home.cwd });
    const [run] = await callsOf(engine, 'run');
    const hash = run?.find((argument) => argument.startsWith('microclaw.config='))?.split('=')[1];
    await engine.answer('container', `echo "true ${hash}"`);
    await runCommand(runner, { command: 'true', cwd: home.cwd });
    expect(await callsOf(engine, 'run')).toHaveLength(1);
    expect(await callsOf(engine, 'exec')).toHaveLength(2);
  });

  test.each(['true 0123456789abcdef', 'false 0123456789abcdef', 'true <no value>'])(
    'is replaced when the engine says "%s" about it',
    async (found) => {
      const { home, engine, runner } = await fixture();
      await engine.answer('container', `echo "${found}"`);
      await runCommand(runner, { command: 'true', cwd: home.cwd });
      const order = (await engine.calls()).map(([name]) => name);
      expect(order).toEqual(['info', 'ps', 'container', 'rm', 'run', 'exec']);
    },
  );

  test('is started once when two commands come at the same time', async () => {
    const { home, engine, runner } = await fixture();
    await engine.answer(
      'run',
      `
      hash=$(printf '%s\\n' "$@" | sed -n 's/^microclaw.config=//p')
      printf 'echo true %s\\n' "$hash" > "${engine.binDir}/answer-container"`,
    );
    const both = ['one', 'two'].map((word) => runCommand(runner, { command: `echo ${word}`, cwd: home.cwd }));
    const results = await Promise.all(both);
    expect(results.map((result) => result.stdout.text)).toEqual(['one\n', 'two\n']);
    expect(await callsOf(engine, 'run')).toHaveLength(1);
  });

  test('that cannot be started fails the command and says which image to download', async () => {
    const { home, engine, runner } = await fixture();
    await engine.answer(
      'run',
      'echo "docker: Error response from daemon: No such image: test-image:1" >&2; exit 125',
    );
    const request = { command: 'true', cwd: home.cwd, env: {}, signal: new AbortController().signal };
    const result = await runner.run(request);
    expect(result).toMatchObject({
      kind: 'spawn_failed',
      message: expect.stringContaining('docker pull test-image:1'),
    });
    expect(await callsOf(engine, 'exec')).toEqual([]);
  });

  test('is removed when the program stops, and those of a crashed one before the first start', async () => {
    const { home, engine, runner } = await fixture();
    await engine.answer('ps', 'echo 0a1b; echo 2c3d');
    await runCommand(runner, { command: 'true', cwd: home.cwd });
    const [list] = await callsOf(engine, 'ps');
    expect(list).toEqual([
      'ps',
      '--all',
      '--quiet',
      '--filter',
      expect.stringMatching(/^label=microclaw\.sandbox=/),
    ]);
    expect(await callsOf(engine, 'rm')).toEqual([['rm', '--force', '--volumes', '0a1b', '2c3d']]);
    await runner.close();
    await runner.close();
    expect((await callsOf(engine, 'rm')).slice(1)).toEqual([
      ['rm', '--force', '--volumes', expect.stringMatching(/^microclaw-sandbox-web-1-/)],
    ]);
  });
});

describe('a command in a container', () => {
  test('is run with exactly this command line, and returns what it wrote', async () => {
    const { home, engine, runner } = await fixture();
    const result = await runCommand(runner, { command: 'pwd; echo problem >&2; exit 4', cwd: home.cwd });
    expect(result).toMatchObject({
      exitCode: 4,
      stdout: { text: `${home.cwd}\n` },
      stderr: { text: 'problem\n' },
    });
    const [exec] = await callsOf(engine, 'exec');
    expect(exec?.slice(0, 4)).toEqual(['exec', '--workdir', home.cwd, '--env-file']);
    expect(exec?.slice(5)).toEqual([
      expect.stringMatching(/^microclaw-sandbox-web-1-/),
      ...['sh', '-c', expect.stringContaining('bash -c "$1"'), 'sh'],
      ...['pwd; echo problem >&2; exit 4', expect.stringMatching(/^[0-9a-f]{24}$/)],
    ]);
  });

  test('gets variables by a private file that is gone afterwards, never by the command line', async () => {
    const { home, engine, runner } = await fixture();
    await engine.answer('exec', `cat "$4"; stat -c %a "$4"; env`);
    const env = { PATH: '/host/only', HOME: '/root', GREETING: 'hello-value', MY_TOKEN: 'hidden-value' };
    const { stdout } = await runCommand(runner, { command: 'true', cwd: home.cwd, env });
    expect(stdout.text).toContain('GREETING=hello-value\nHOME=/tmp\n'.split('\n')[0]);
    expect(stdout.text).toContain('HOME=/tmp\n');
    expect(stdout.text).toContain('\n600\n');
    expect(stdout.text).not.toMatch(/hidden-value|host\/only|MY_SECRET/);
    expect(stdout.text).toContain('DOCKER_HOST=unix:///x');
    expect((await engine.calls()).flat().join(' ')).not.toContain('hello-value');
    expect(await readdir(home.options.stateDir)).toEqual([]);
  });

  test('with a variable that a line cannot hold is not run', async () => {
    const { home, engine, runner } = await fixture();
    const env = { TWO: 'a\nLD_PRELOAD=/x' };
    const request = { command: 'true', cwd: home.cwd, env, signal: new AbortController().signal };
    expect(await runner.run(request)).toMatchObject({
      kind: 'spawn_failed',
      message: expect.stringContaining('variable TWO'),
    });
    expect(await callsOf(engine, 'exec')).toEqual([]);
  });

  test('leaves no process behind when it ends', async () => {
    const { home, runner } = await fixture();
    const duration = uniqueDuration();
    const command = `sleep ${duration} >/dev/null 2>&1 & setsid sleep ${duration} >/dev/null 2>&1 & echo started`;
    const result = await runCommand(runner, { command, cwd: home.cwd });
    expect(result).toMatchObject({ exitCode: 0, stdout: { text: 'started\n' } });
    expect(processesWith(duration)).toEqual([]);
  });

  test('is ended from inside when it is stopped, softly first', async () => {
    const { home, engine, runner } = await fixture();
    const duration = uniqueDuration();
    const command = `trap 'echo bye; exit 0' TERM; setsid sleep ${duration} & echo ready; wait`;
    const result = await runCommand(runner, { command, cwd: home.cwd, ...abortWhenReady() });
    expect(result.interrupted).toBe(true);
    expect(result.stdout.text).toBe('ready\nbye\n');
    expect(processesWith(duration)).toEqual([]);
    expect(await callsOf(engine, 'rm')).toEqual([]);
  });

  test('that cannot be ended from inside goes with its container', async () => {
    const { home, engine, runner } = await fixture();
    await engine.answer('exec', `case $1 in --workdir) echo ready; exec sleep 1000;; *) exit 1;; esac`);
    const result = await runCommand(runner, { command: 'true', cwd: home.cwd, ...abortWhenReady() });
    expect(result.interrupted).toBe(true);
    expect(await callsOf(engine, 'rm')).toEqual([
      ['rm', '--force', '--volumes', expect.stringMatching(/^microclaw-sandbox-web-1-/)],
    ]);
  });

  test('does not start when its directory is outside the mount allowlist, nor does a container', async () => {
    const { home, engine, runner } = await fixture();
    await writeFile(home.options.mountAllowlistFile, '# allowed\n/srv/chats\n');
    const request = { command: 'true', cwd: home.cwd, env: {}, signal: new AbortController().signal };
    expect(await runner.run(request)).toMatchObject({
      kind: 'spawn_failed',
      message: expect.stringContaining('not below a directory of the mount allowlist'),
    });
    expect(await engine.calls()).toEqual([]);
  });
});

function abortWhenReady() {
  const controller = new AbortController();
  return {
    signal: controller.signal,
    onOutput: (chunk: string) => {
      if (chunk.includes('ready')) controller.abort();
    },
  };
}

let nextDuration = 8_000_000 + (process.pid % 1000) * 1000;
function uniqueDuration(): string {
  nextDuration += 1;
  return String(nextDuration);
}

function processesWith(marker: string): string[] {
  const listing = execFileSync('ps', ['-eo', 'pid=,stat=,args='], { encoding: 'utf8' });
  return listing.split('\n').filter((line) => line.includes(marker) && !/^\s*\d+\s+Z/.test(line));
}
