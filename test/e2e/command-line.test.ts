/** The commands, as a user of a terminal runs them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { setUpOperator, signIn } from '../support/api-client.ts';
import { startFakeModel } from '../support/fake-model/fake-model-server.ts';
import { reply } from '../support/fake-model/reply.ts';
import {
  cleanEnvironment,
  createHome,
  type MicroclawHome,
  type RunningMicroclaw,
  runMicroclaw,
  startMicroclaw,
} from '../support/microclaw-process.ts';

const MAIN = join(import.meta.dirname, '../../dist/main.js');

let home: MicroclawHome;
let server: RunningMicroclaw | undefined;

afterEach(async () => {
  await server?.stop();
  server = undefined;
  await home.dispose();
});

describe('microclaw run', () => {
  it('prints the reply, keeps the session between calls, and nothing else on stdout', async () => {
    home = await createHome();
    expect(await runMicroclaw(home, ['run', '-p', 'remember that my cat is called Miso'])).toMatchObject({
      code: 0,
    });
    const { code, stdout } = await runMicroclaw(home, ['run', '-p', 'what do you remember?']);
    expect(code).toBe(0);
    expect(stdout).toContain('Miso');
  });

  it('prints one JSON line with --json, for success and failure', async () => {
    const model = await startFakeModel();
    home = await createHome({
      ...model.config,
    });
    model.enqueue(reply.text('hello'), reply.status(401));
    const good = await runMicroclaw(home, ['run', '-p', 'hi', '--json']);
    expect(good.code).toBe(0);
    expect(JSON.parse(good.stdout)).toEqual({ ok: true, response: 'hello', chat_id: expect.any(Number) });
    expect(good.stdout.trimEnd().split('\n')).toHaveLength(1);
    const bad = await runMicroclaw(home, ['run', '-p', 'hi', '--json', '--session', 'other']);
    expect(bad.code).toBe(1);
    expect(JSON.parse(bad.stdout)).toMatchObject({
      ok: false,
      error: expect.any(String),
      chat_id: expect.any(Number),
    });
    await model.stop();
  });

  it('continues the same conversation through a running server', async () => {
    home = await createHome();
    await runMicroclaw(home, ['run', '-p', 'remember that my cat is called Miso']);
    server = await startMicroclaw(home);
    const { stdout, stderr } = await runMicroclaw(home, ['run', '-p', 'what do you remember?']);
    expect(stderr).toBe('');
    expect(stdout).toContain('Miso');
  });
});

describe('microclaw web', () => {
  it('changes the password of a running server at once and ends its sessions', async () => {
    home = await createHome();
    server = await startMicroclaw(home);
    const client = await setUpOperator(server);
    expect((await runMicroclaw(home, ['web', 'password', 'short'])).stderr).toContain(
      'password must be at least 8 chars',
    );
    const { code, stdout } = await runMicroclaw(home, ['web', 'password', 'a much longer one']);
    expect(code).toBe(0);
    expect(stdout).toContain('Web password reset successfully.');
    expect((await client.get('/api/sessions')).status).toBe(401);
    expect((await (await signIn(server.url, 'a much longer one')).get('/api/sessions')).status).toBe(200);
  });

  it('sets a generated password without a server', async () => {
    home = await createHome();
    const { code, stdout } = await runMicroclaw(home, ['web', 'password-generate']);
    expect(code).toBe(0);
    const password = /mc-[0-9a-f]{6}-[0-9a-f]{6}!/.exec(stdout)?.[0] ?? '';
    server = await startMicroclaw(home);
    expect(server.bootstrapToken).toBeUndefined();
    expect((await (await signIn(server.url, password)).get('/api/sessions')).status).toBe(200);
  });
});

describe('microclaw config', () => {
  it('suggests the key that was meant and still accepts the file', async () => {
    home = await createHome({ llm_provider: 'ollama', modle: 'x' });
    const { code, stdout, stderr } = await runMicroclaw(home, ['config', 'check']);
    expect(code).toBe(0);
    expect(stdout + stderr).toContain('did you mean `model`?');
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('✓ Config OK (with warnings)');
  });

  it('exits 2 when the named file does not exist', async () => {
    home = await createHome();
    const { code, stdout, stderr } = await runMicroclaw(home, ['config', 'check'], {
      MICROCLAW_CONFIG: '/nope.yaml',
    });
    expect(code).toBe(2);
    expect(stdout + stderr).toContain('MICROCLAW_CONFIG points to non-existent file: /nope.yaml');
  });

  it('prints path and schema', async () => {
    home = await createHome();
    expect((await runMicroclaw(home, ['config', 'path'])).stdout.trim()).toBe(home.configPath);
    const schema = JSON.parse((await runMicroclaw(home, ['config', 'schema'])).stdout);
    expect(schema.properties).toHaveProperty('llm_provider');
  });
});

describe('microclaw doctor', () => {
  it('reports as one JSON object', async () => {
    home = await createHome();
    const { code, stdout } = await runMicroclaw(home, ['doctor', '--json']);
    const report = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(report.checks.find((check: { id: string }) => check.id === 'config.file')).toMatchObject({
      status: 'pass',
    });
  });
});

describe('usage', () => {
  it('exits 2 for an unknown command and 0 for help and version', async () => {
    home = await createHome();
    expect((await runMicroclaw(home, ['frobnicate'])).code).toBe(2);
    expect((await runMicroclaw(home, ['--help'])).code).toBe(0);
    const { version } = JSON.parse(await readFile(join(import.meta.dirname, '../../package.json'), 'utf8'));
    expect((await runMicroclaw(home, ['version'])).stdout.trim()).toBe(`microclaw ${version}`);
  });
});

it('a user without a home directory is told to set one', async () => {
  home = await createHome();
  const { code, stderr } = await runMicroclaw(home, ['web', 'password-generate', '--config', '~/x.yaml'], {
    HOME: '',
  });
  expect([code, stderr]).toEqual([1, expect.stringMatching(/hint: .*HOME.*MC_CONFIG_NO_HOME/)]);
});

it('a directory that was removed under the command is named', async () => {
  home = await createHome();
  const child = spawn(
    'sh',
    ['-c', 'mkdir gone && cd gone && rmdir ../gone && exec "$0" "$@"', process.execPath, MAIN, 'doctor'],
    {
      cwd: home.dir,
      env: cleanEnvironment(home),
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  const [[code], complaint] = await Promise.all([once(child, 'close'), text(child.stderr)]);
  expect([code, complaint]).toEqual([
    1,
    expect.stringMatching(/^Error: .*\nhint: .*MC_CLI_NO_DIRECTORY\)\n$/),
  ]);
});

describe('stdout', () => {
  beforeEach(async () => {
    home = await createHome();
  });

  /** What is said on stderr, and the exit code. */
  const printLong = async (stdout: 'pipe' | number) => {
    const child = spawn(process.execPath, [MAIN, 'config', 'schema'], {
      cwd: home.dir,
      env: cleanEnvironment(home),
      stdio: ['ignore', stdout, 'pipe'],
    });
    child.stdout?.destroy();
    let complaint = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      complaint += text;
    });
    const [code] = await once(child, 'close');
    return { code, complaint };
  };

  it('may lose its reader, as before `head`, without a word', async () => {
    expect(await printLong('pipe')).toEqual({ code: 0, complaint: '' });
  });

  it('that cannot be written is an error in words', async () => {
    const full = await open('/dev/full', 'w');
    const { code, complaint } = await printLong(full.fd);
    await full.close();
    expect(complaint).toMatch(/^Error: cannot write the result: ENOSPC.*\n$/);
    expect(code).toBe(1);
  });
});

describe('files on disk', () => {
  it('are readable by their owner only', async () => {
    home = await createHome();
    server = await startMicroclaw(home);
    const made = await readdir(join(home.dataDir, 'runtime'));
    expect(made).toEqual(expect.arrayContaining(['microclaw.db', 'microclaw.db.lock', 'control.sock']));
    for (const name of ['.', ...made]) {
      const { mode } = await stat(join(home.dataDir, 'runtime', name));
      expect([name, mode & 0o077]).toEqual([name, 0]);
    }
  });
});
