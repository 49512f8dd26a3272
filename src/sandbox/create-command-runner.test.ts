import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCommand, sandboxHome, standInEngine } from '../../test/support/sandbox-fixture.ts';
import { systemClock } from '../core/clock.ts';
import type { Availability, SandboxBackend } from './backend.ts';
import { createBackendSelector } from './backend-selector.ts';
import { createCommandRunner } from './create-command-runner.ts';
import { withoutCredentials } from './process/credential-env.ts';
import type { BackendName, SandboxOptions } from './sandbox-options.ts';

async function fixture(overrides: Partial<SandboxOptions>, searchPath = '/nowhere') {
  const home = await sandboxHome(overrides);
  const warnings: string[] = [];
  const log = { warn: (_fields: unknown, message: string) => warnings.push(message) };
  const options = { sandbox: home.options, env: { PATH: searchPath }, clock: systemClock, log };
  return { home, warnings, runner: createCommandRunner(options) };
}

function request(cwd: string) {
  return { command: 'echo ran', cwd, env: { PATH: '/usr/bin:/bin' }, signal: new AbortController().signal };
}

describe('a wanted sandbox that does not work', () => {
  test('refuses the command with the known text, the reasons and a hint', async () => {
    const { runner, home, warnings } = await fixture({ backend: 'auto' });
    const result = await runner.run(request(home.cwd));
    expect(result).toEqual({ kind: 'spawn_failed', message: expect.any(String) });
    const message = result.kind === 'spawn_failed' ? result.message : '';
    expect(message).toMatch(
      /^sandbox is enabled but no container runtime is available \(docker .*podman .*bwrap/,
    );
    expect(message).toContain('microclaw doctor sandbox');
    expect(warnings).toEqual([]);
    expect((await runner.describe()).place).toBe('refused');
  });

  test('lets it run on the host, with one warning, only when that is allowed', async () => {
    const { runner, home, warnings } = await fixture({ requireRuntime: false });
    for (const _ of [1, 2]) {
      expect((await runCommand(runner, request(home.cwd))).stdout.text).toBe('ran\n');
    }
    expect(warnings).toEqual([expect.stringContaining('no container runtime is available')]);
    expect((await runner.describe()).place).toBe('host');
  });

  test('never lets a refused mount run on the host', async () => {
    const { runner, home } = await fixture({ requireRuntime: false });
    const secret = path.join(home.cwd, '.ssh');
    await mkdir(secret);
    expect(await runner.run(request(secret))).toMatchObject({
      kind: 'spawn_failed',
      message: expect.stringContaining('refused'),
    });
  });
});

test('auto takes docker before podman and bubblewrap', async () => {
  const docker = await standInEngine('docker');
  const { runner } = await fixture({ backend: 'auto' }, `${docker.binDir}:/usr/bin:/bin`);
  expect(await runner.describe()).toEqual({
    place: 'docker',
    tried: [
      { name: 'docker', availability: { kind: 'available', detail: path.join(docker.binDir, 'docker') } },
    ],
  });
});

test('auto passes over an engine whose daemon is down', async () => {
  const docker = await standInEngine('docker');
  const podman = await standInEngine('podman');
  await docker.answer('info', 'echo "Cannot connect to the Docker daemon" >&2; exit 1');
  const { runner } = await fixture({ backend: 'auto' }, `${docker.binDir}:${podman.binDir}:/usr/bin:/bin`);
  const { place, tried } = await runner.describe();
  expect(place).toBe('podman');
  expect(tried[0]?.availability).toMatchObject({
    reason: 'not_working',
    detail: expect.stringContaining('Cannot connect'),
  });
});

test('without a sandbox commands run on the host and nothing is tried', async () => {
  const { home } = await fixture({});
  const log = { warn: () => {} };
  const runner = createCommandRunner({ sandbox: undefined, env: {}, clock: systemClock, log });
  expect((await runCommand(runner, request(home.cwd))).stdout.text).toBe('ran\n');
  expect(await runner.describe()).toEqual({ place: 'host', tried: [] });
});

describe('the answer of a machine', () => {
  function selectorFixture() {
    let now = 0;
    let probes = 0;
    const answer: { current: Availability } = { current: { kind: 'available', detail: 'x' } };
    const backend: SandboxBackend = {
      name: 'docker' satisfies BackendName,
      probe: async () => {
        probes += 1;
        return answer.current;
      },
      run: async () => ({ kind: 'spawn_failed', message: 'not used' }),
      close: async () => {},
    };
    const selector = createBackendSelector([backend], { ...systemClock, monotonic: () => now }, 1000);
    const advance = (ms: number) => {
      now += ms;
    };
    return { selector, backend, answer, advance, probes: () => probes };
  }

  test('is shared by commands that ask at the same time, and believed for a while', async () => {
    const { selector, backend, advance, probes } = selectorFixture();
    const [first] = await Promise.all([selector.select(), selector.select()]);
    advance(999);
    await selector.select();
    expect(first?.backend).toBe(backend);
    expect(probes()).toBe(1);
  });

  test('is asked again afterwards, so an engine that stopped is noticed', async () => {
    const { selector, answer, advance } = selectorFixture();
    await selector.select();
    answer.current = { kind: 'unavailable', reason: 'not_working', detail: 'down' };
    advance(1000);
    expect((await selector.select()).backend).toBeUndefined();
  });
});

test('variables that look like credentials are withheld, whatever their case, unless listed', () => {
  const env = {
    OPENAI_API_KEY: '1',
    aws_access_key_id: '2',
    SSH_PRIVATE_KEY: '3',
    MySecret: '4',
    GH_TOKEN: '5',
    DB_PASSWORD: '6',
    MYSQL_PASSWD: '7',
    CREDENTIALS: '8',
    HTTP_AUTHORIZATION: '9',
    PATH: '/bin',
    KEYBOARD: 'us',
  };
  expect(withoutCredentials(env, [])).toEqual({ PATH: '/bin', KEYBOARD: 'us' });
  expect(withoutCredentials(env, ['gh_token'])).toEqual({ PATH: '/bin', KEYBOARD: 'us', GH_TOKEN: '5' });
});
