/** The lines of the runbook about hooks, as an operator types them. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiClient, setUpOperator } from '../support/api-client.ts';
import { type FakeModelServer, startFakeModel } from '../support/fake-model/fake-model-server.ts';
import { reply } from '../support/fake-model/reply.ts';
import { newestToolResult, printing, writeHook } from '../support/hook-fixture.ts';
import {
  createHome,
  type MicroclawHome,
  type RunningMicroclaw,
  runMicroclaw,
  startMicroclaw,
} from '../support/microclaw-process.ts';

let home: MicroclawHome;
const blocking = { events: ['BeforeToolCall', 'AfterToolCall'], tools: ['bash'] };

beforeEach(async () => {
  home = await createHome();
});

afterEach(() => home.dispose());

function hooks(...args: readonly string[]) {
  return runMicroclaw(home, ['hooks', ...args]);
}

describe('microclaw hooks', () => {
  it('says that there is no hook', async () => {
    for (const args of [[], ['list']]) {
      expect(await hooks(...args)).toEqual({ code: 0, stdout: 'No hooks discovered.\n', stderr: '' });
    }
  });

  it('lists the hooks of the data directory and of ./hooks, the first of equal names with a warning', async () => {
    await writeHook(join(home.dataDir, 'hooks'), 'guard', { ...blocking, command: './guard.sh --fast' });
    await writeHook(join(home.dir, 'hooks'), 'local', {
      events: 'AfterTurn',
      command: 'true',
      enabled: false,
    });
    await writeHook(join(home.dir, 'hooks'), 'guard', { events: 'AfterTurn', command: 'other' });
    const { code, stdout, stderr } = await hooks();
    expect(code).toBe(0);
    expect(stdout).toBe(
      'guard\tenabled=true\tevents=BeforeToolCall,AfterToolCall\tcommand=./guard.sh --fast\n' +
        'local\tenabled=false\tevents=AfterTurn\tcommand=true\n',
    );
    expect(stderr).toContain(join(home.dir, 'hooks', 'guard', 'HOOK.md'));
  });

  it('shows one hook as JSON', async () => {
    const directory = await writeHook(join(home.dataDir, 'hooks'), 'guard', {
      description: 'Guards.',
      ...blocking,
      command: './guard.sh',
      timeout_ms: 5,
    });
    const { code, stdout } = await hooks('info', 'guard');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      name: 'guard',
      description: 'Guards.',
      events: ['BeforeToolCall', 'AfterToolCall'],
      command: './guard.sh',
      timeout_ms: 10,
      enabled: true,
      path: join(directory, 'HOOK.md'),
    });
  });

  it('writes the state and keeps that of other hooks', async () => {
    const root = join(home.dataDir, 'hooks');
    await writeHook(root, 'a', { ...blocking, command: 'true' });
    await writeHook(root, 'real', { ...blocking, command: 'true' });
    expect(await hooks('disable', 'real')).toMatchObject({ code: 0, stdout: 'disabled: real\n' });
    expect(await hooks('enable', 'a')).toMatchObject({ code: 0, stdout: 'enabled: a\n' });
    const state = await readFile(join(home.dataDir, 'runtime/hooks_state.json'), 'utf8');
    expect(JSON.parse(state)).toEqual({ a: true, real: false });
  });

  it.each([['info'], ['enable'], ['disable']])('%s of an unknown hook fails', async (word) => {
    const { code, stdout, stderr } = await hooks(word, 'nope');
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain('Error: hook not found: nope\n');
  });

  it('does not overwrite a state file it cannot understand', async () => {
    await writeHook(join(home.dataDir, 'hooks'), 'a', { ...blocking, command: 'true' });
    const file = join(home.dataDir, 'runtime/hooks_state.json');
    await mkdir(join(home.dataDir, 'runtime'));
    await writeFile(file, '{"a": tru');
    expect(await hooks('disable', 'a')).toMatchObject({ code: 1, stdout: '' });
    expect(await readFile(file, 'utf8')).toBe('{"a": tru');
  });
});

describe('a running server', () => {
  let model: FakeModelServer;
  let server: RunningMicroclaw;
  let client: ApiClient;

  beforeEach(async () => {
    model = await startFakeModel();
    await home.dispose();
    home = await createHome({
      ...model.config,
      web_max_requests_per_window: 1000,
    });
    const block = {
      ...blocking,
      events: 'BeforeToolCall',
      command: printing({ action: 'block', reason: 'no' }),
    };
    await writeHook(join(home.dataDir, 'hooks'), 'h', { ...block, timeout_ms: 10_000 });
    server = await startMicroclaw(home);
    client = await setUpOperator(server);
  });

  afterEach(async () => {
    await server.stop();
    await model.stop();
  });

  async function runsCommands(): Promise<boolean> {
    model.enqueue(reply.toolCalls([{ name: 'bash', input: { command: 'echo it-ran' } }]), reply.text('done'));
    await client.send('go');
    return newestToolResult(model).includes('it-ran');
  }

  it('obeys enable and disable with its next tool call', async () => {
    expect(await runsCommands()).toBe(false);
    expect((await hooks('disable', 'h')).stdout).toBe('disabled: h\n');
    expect(await runsCommands()).toBe(true);
    expect((await hooks('list')).stdout).toContain('h\tenabled=false\t');
    await hooks('enable', 'h');
    expect(await runsCommands()).toBe(false);
    const { body } = await client.get('/api/audit?kind=operator&limit=2');
    expect(body.logs).toMatchObject([
      { action: 'hook.enable', actor: 'cli', target: 'h', status: 'ok' },
      { action: 'hook.disable', actor: 'cli', target: 'h', status: 'ok' },
    ]);
  });

  it('obeys the HTTP API as it obeys the command line, and both see the same state', async () => {
    await writeHook(join(home.dataDir, 'hooks'), 'broken', { events: 'Never', command: 'true' });
    const { body } = await client.get('/api/hooks');
    expect(body.hooks).toMatchObject([{ name: 'h', enabled: true, events: ['BeforeToolCall'] }]);
    expect(body.problems).toMatchObject([{ path: join(home.dataDir, 'hooks/broken/HOOK.md') }]);
    expect(await client.post('/api/hooks/h/disable', {})).toMatchObject({ body: { enabled: false } });
    expect(await runsCommands()).toBe(true);
    expect((await hooks('list')).stdout).toContain('h\tenabled=false\t');
    expect((await hooks('enable', 'h')).code).toBe(0);
    expect((await client.get('/api/hooks')).body.hooks).toMatchObject([{ enabled: true }]);
    expect(await client.post('/api/hooks/nope/enable', {})).toMatchObject({
      status: 404,
      body: { error: 'hook not found: nope' },
    });
  });
});
