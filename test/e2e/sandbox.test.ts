/** Commands of the real program in a real bubblewrap sandbox, and without any. */
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiClient, setUpOperator } from '../support/api-client.ts';
import { type FakeModelServer, startFakeModel } from '../support/fake-model/fake-model-server.ts';
import { reply } from '../support/fake-model/reply.ts';
import {
  createHome,
  type MicroclawHome,
  type RunningMicroclaw,
  runMicroclaw,
  startMicroclaw,
} from '../support/microclaw-process.ts';
import { hasBubblewrap } from '../support/sandbox-fixture.ts';

let model: FakeModelServer;
let home: MicroclawHome;
let server: RunningMicroclaw | undefined;
let client: ApiClient;

async function start(sandbox: Readonly<Record<string, unknown>>, env: Record<string, string> = {}) {
  home = await createHome({
    ...model.config,
    api_key: 'test-key-confidential',
    web_max_requests_per_window: 1000,
    sandbox: { mode: 'all', ...sandbox },
  });
  server = await startMicroclaw(home, { env });
  client = await setUpOperator(server);
}

/** The model calls `bash` once; returns what the tool answered. */
async function bash(command: string): Promise<string> {
  model.enqueue(reply.toolCalls([{ name: 'bash', input: { command } }]), reply.text('done'));
  const frames = await client.stream(await client.sendStream('go'));
  const result = frames.find((frame) => frame.event === 'tool_result');
  return String(result?.data.output ?? result?.data.preview);
}

/** A path that the rule against `/tmp` in commands does not recognise: the sandbox has to hold on its own. */
function inShell(file: string): string {
  return `"$(printf /)"'${file.slice(1)}'`;
}

beforeEach(async () => {
  model = await startFakeModel();
});

afterEach(async () => {
  await server?.stop();
  server = undefined;
  await model.stop();
  await home?.dispose();
});

describe.skipIf(!hasBubblewrap())('bash under bubblewrap', () => {
  it('shares files with the file tools and sees nothing else of the installation', async () => {
    await start({ backend: 'bubblewrap' });
    await mkdir(join(home.dir, 'work/chat/web/99'), { recursive: true });
    await writeFile(join(home.dir, 'work/chat/web/99/note.txt'), 'confidential');
    model.enqueue(
      reply.toolCalls([
        { name: 'write_file', input: { path: 'a.txt', content: 'alpha' } },
        { name: 'bash', input: { command: 'cat a.txt; ls /proc | grep -c "^[0-9]"; id -u' } },
      ]),
      reply.text('done'),
    );
    const frames = await client.stream(await client.sendStream('go'));
    expect(JSON.stringify(frames)).toContain('alpha');
    const secrets = [
      home.configPath,
      join(home.dataDir, 'runtime/microclaw.db'),
      join(home.dir, 'work/chat/web/99'),
    ];
    const chats = join(home.dir, 'work/chat/web');
    const looked = await bash(
      `cat ${secrets.map(inShell).join(' ')} /proc/${server?.pid}/environ; ls ${inShell(chats)}; echo seen`,
    );
    expect(looked).toContain('seen');
    expect(looked).not.toMatch(/confidential|SQLite format|^99$/m);
    const { port } = new URL(server?.url ?? '');
    expect(await bash(`exec 3<>/dev/tcp/127.0.0.1/${port} && echo reached`)).not.toContain('reached\n');
  });

  it('ends with the program, even when that is killed', async () => {
    await start({ backend: 'bubblewrap' });
    const duration = String(9_000_000 + (process.pid % 100_000));
    model.enqueue(
      reply.toolCalls([{ name: 'bash', input: { command: `echo ready; setsid sleep ${duration}; true` } }]),
    );
    await client.sendStream('go');
    await expect.poll(() => processesWith(`sleep ${duration}`), { timeout: 10_000 }).not.toEqual([]);
    await server?.kill();
    await expect.poll(() => processesWith(`sleep ${duration}`), { timeout: 5000 }).toEqual([]);
  });
});

describe('without a sandbox that works', () => {
  it('bash is refused and says why and what to do', async () => {
    await start({ backend: 'podman' }, { PATH: '/nowhere' });
    const answer = await bash('echo ran > proof; echo ran');
    expect(answer).toContain(
      'Failed to execute command: sandbox is enabled but no container runtime is available (podman is not on PATH)',
    );
    expect(answer).toContain('microclaw doctor sandbox');
    expect(answer).not.toContain('ran\n');
  });

  it('bash runs on the host with one warning when the operator allows it', async () => {
    await start({ backend: 'podman', require_runtime: false }, { PATH: '/nowhere' });
    expect(await bash('echo one')).toContain('one');
    expect(await bash('echo two')).toContain('two');
    expect(server?.log().match(/no container runtime is available; commands run on the host/g)).toHaveLength(
      1,
    );
  });

  it('doctor sandbox fails and names what is missing', async () => {
    home = await createHome({ sandbox: { mode: 'all', backend: 'podman' } });
    const { code, stdout } = await runMicroclaw(home, ['doctor', 'sandbox', '--json'], { PATH: '/nowhere' });
    expect(code).toBe(2);
    const report = JSON.parse(stdout) as { checks: { id: string; status: string; detail: string }[] };
    const statusOf = (id: string) => report.checks.find((check) => check.id === id)?.status;
    expect(report.checks.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['env.platform', 'config.file', 'sandbox.config', 'sandbox.mount_allowlist']),
    );
    expect(statusOf('sandbox.mode')).toBe('pass');
    expect(statusOf('sandbox.container_cli')).toBe('fail');
    expect(statusOf('sandbox.container_runtime')).toBe('fail');
    expect(statusOf('llm.credentials')).toBeUndefined();
  });
});

/** Command lines of running processes that end with `ending`. */
function processesWith(ending: string): string[] {
  const listing = execFileSync('ps', ['-eo', 'stat=,args='], { encoding: 'utf8' });
  return listing.split('\n').filter((line) => line.endsWith(ending) && !line.startsWith('Z'));
}
